import { percent, pValue, signed } from "../numbers.js";
import type { PublishedRow } from "../published.js";
import { type Content, html, type Markup, minus } from "./markup.js";
import { publishedOf, type Report, type Row, type Value } from "./rows.js";

/** The results as a table, in percent. */
export function resultsTable(report: Report): Markup {
  const { rows, messages, names, published, results } = report;
  const folded = rows.some(({ own }) => own.spread !== undefined);
  const others = names.slice(1);
  const columns = 6 + (folded ? 2 : 0) + 3 * others.length + published.length;
  return scrolling(
    "Results",
    html`<table class="results">
<caption>Values in percent, by task and metric</caption>
<thead>
<tr><th scope="col" rowspan="2">Task</th><th scope="col" rowspan="2">Metric</th><th scope="col" rowspan="2" class="number">n</th>
<th scope="colgroup" colspan="${folded ? 5 : 3}" class="group own">${names[0]}</th>
${others.map((name, k) => html`<th scope="colgroup" colspan="3" class="group" title="${results.baselines[k]!.model}">${name}</th>`)}
${published.length > 0 && html`<th scope="colgroup" colspan="${published.length}" class="group">Published</th>`}
</tr>
<tr><th scope="col" class="number begins">Value</th><th scope="col" class="number">95 % interval</th>
${folded && html`<th scope="col" class="number">Mean ± sd</th><th scope="col" class="number">Worst, best</th>`}
<th scope="col" class="number">Majority</th>
${others.map(() => html`<th scope="col" class="number begins">Value</th><th scope="col" class="number">Diff.</th><th scope="col" class="number">p</th>`)}
${published.map(publishedHead)}</tr>
</thead>
<tbody>
${rows.map((row, k) => tableRow(report, row, { folded, first: rows[k - 1]?.task !== row.task }))}
${messages.map(({ title, text }) => html`<tr class="first"><th scope="row">${title}</th><td colspan="${columns - 1}" class="message">${text}</td></tr>`)}
</tbody>
</table>`,
  );
}

/** What may be wider than the page, and then scrolls by itself, also by keyboard. */
export function scrolling(name: string, content: Content): Markup {
  return html`<div class="scroll" role="region" aria-label="${name}, table" tabindex="0">${content}</div>`;
}

/** A cell of numbers as they are set; "–" where there is none. */
export function number(text: Content, kind = ""): Markup {
  const shown = typeof text === "string" ? minus(text) : (text ?? "–");
  return html`<td class="number ${kind}">${shown}</td>`;
}

export function intervalText({ low, high }: { low: number; high: number }): string {
  return `${percent(low)} to ${percent(high)}`;
}

function publishedHead({ model, setting, split }: PublishedRow, k: number): Markup {
  return html`<th scope="col" class="number ${k === 0 && "begins"}">${model}<small>${setting}</small><small>${split} set</small></th>`;
}

function tableRow(
  { published }: Report,
  row: Row,
  { folded, first }: { folded: boolean; first: boolean },
): Markup {
  const { own, baselines, examples } = row;
  const { metric, spread } = own;
  const isScore = row.metric === "score";
  const isMean = metric === undefined && !isScore;
  const constant = metric?.constant ?? null;
  return html`<tr class="${first && "first"}"><th scope="row">${row.title}</th><td>${row.metricTitle}</td>${number(examples === undefined ? "" : grouped(examples), "count")}
${number(isMean ? "–" : percent(own.value), "value begins")}${number(metric ? intervalText(metric) : isScore ? "" : "–")}
${folded && number(spread ? `${percent(spread.mean)} ± ${percent(spread.sd)}` : "")}
${folded && number(spread ? `${percent(spread.worst.value)}, ${percent(spread.best.value)}` : "")}
${number(constant === null ? (isScore ? "" : "–") : percent(constant))}
${baselines.map((baseline) => baselineCells(own, baseline))}
${published.map((one, k) => {
  const found = publishedOf(one, row);
  const text = found && html`${minus(found.percent.toFixed(1))}${mark(found.verified !== "verified" && "†")}`;
  return number(text, k === 0 ? "begins" : "");
})}</tr>`;
}

function baselineCells(own: Value, { value, comparison }: Row["baselines"][number]): Markup[] {
  const difference = comparison?.difference ?? (value && own.value - value.value);
  return [
    number(value && percent(value.value), "begins"),
    number(difference === undefined ? "" : signed(difference)),
    number(comparison ? html`${pValue(comparison.p)}${mark(comparison.p < 0.05 && "*")}` : ""),
  ];
}

/** A mark behind a number; its room is there also where it is not, so that digits stay below each other. */
export function mark(sign: Content): Markup {
  return html`<span class="mark">${sign}</span>`;
}

/** 10,000 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
