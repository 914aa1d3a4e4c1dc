import { html, type Markup, scriptJson } from "./markup.js";
import type { PackedExamples } from "./pack-examples.js";
import { grouped } from "./page-table.js";

const OUTCOMES = [
  ["all", "All"],
  ["wrong", "Wrong"],
  ["right", "Right"],
  ["disagree", "Models disagree"],
] as const;

/** The controls and the data of the examples; page/client.js makes the list. */
export function examplesSection({ index, chunks }: PackedExamples) {
  const { models, groups, count } = index;
  const outcomes = OUTCOMES.filter(([outcome]) => outcome !== "disagree" || models.length > 1);
  const content = html`<noscript><p>The examples are in this file, but to list them the page needs JavaScript.</p></noscript>
<form id="filters" role="search" aria-label="Examples" autocomplete="off">
<label class="text">Search<input type="search" name="search" placeholder="text, answer or id"></label>
<fieldset><legend>Show</legend>${outcomes.map(
    ([outcome, title]) =>
      html`<label><input type="radio" name="outcome" value="${outcome}"${outcome === "all" && CHECKED}><span>${title}</span></label>`,
  )}</fieldset>
${models.length > 1 && select("model", "Wrong or right of", models)}
${select("task", "Task", ["all", ...new Set(groups.map(({ task }) => task))])}
${select("pattern", "Pattern", ["all", ...new Set(groups.map(({ pattern }) => pattern))])}
</form>
<p id="found" role="status"></p>
<ol id="examples" aria-label="Examples"></ol>
<nav id="pages" aria-label="Pages of examples"><button type="button" value="-1">Previous</button><span></span><button type="button" value="1">Next</button></nav>
<script type="application/json" id="examples-index">${scriptJson(index)}</script>
${chunks.map((chunk, k) => html`<script type="application/json" id="examples-${k}">${chunk}</script>\n`)}`;
  return {
    id: "examples-section",
    title: "Examples",
    about: `${grouped(count)} questions as they were asked. Open one (Enter) to see every answer's tokens with their log-probabilities; arrow keys go from one to the next.`,
    content,
  };
}

const CHECKED = html` checked`;

/** The first of the options means all where it says so; the value is the option's place. */
function select(name: string, title: string, options: readonly string[]): Markup {
  return html`<label>${title}<select name="${name}">${options.map((option, k) => html`<option value="${k}">${option}</option>`)}</select></label>`;
}
