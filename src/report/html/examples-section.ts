import { html, type Markup, scriptJson } from "./markup.js";
import type { PackedExamples } from "./pack-examples.js";
import { grouped } from "./page-table.js";

const OUTCOMES = [
  ["all", "All"],
  ["wrong", "Wrong"],
  ["right", "Right"],
  ["disagree", "Models disagree"],
] as const;

/** Renders the controls and the data of the examples; the script in page/ makes the list. */
export function examplesSection({ index, chunks }: PackedExamples) {
  const { models, groups, count } = index;
  const outcomes = OUTCOMES.filter(([outcome]) => outcome !== "disagree" || models.length > 1);
  const content = html`<noscript><p>The examples are in this file, but listing them needs JavaScript.</p></noscript>
<form id="filters" role="search" aria-label="Examples" autocomplete="off">
<label class="text">Search<input type="search" name="search" placeholder="text, answer or id"></label>
<fieldset><legend>Show</legend>${outcomes.map(
    ([outcome, title]) =>
      html`<label><input type="radio" name="outcome" value="${outcome}"${outcome === "all" && CHECKED}><span>${title}</span></label>`,
  )}</fieldset>
${models.length > 1 && select("model", "Right or wrong for", models)}
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
    about: `${grouped(count)} questions as the model saw them. Open one (Enter) to see the tokens of every answer with their log-probabilities; the arrow keys move between questions.`,
    content,
  };
}

const CHECKED = html` checked`;

/** Renders a select. The first option is "all" for some; the value is the option's index. */
function select(name: string, title: string, options: readonly string[]): Markup {
  return html`<label>${title}<select name="${name}">${options.map((option, k) => html`<option value="${k}">${option}</option>`)}</select></label>`;
}
