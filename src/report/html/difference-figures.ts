import { dot, ruleX, ruleY, text } from "@observablehq/plot";
import type { TaskComparison } from "../../results/index.js";
import { metricTitle, oneLine, taskTitle } from "../names.js";
import { formatP, formatSignedFraction } from "../numbers.js";
import { html, type Markup, minus } from "./markup.js";
import type { Report } from "./page-rows.js";
import { grouped, intervalText, number, renderMark, SIGNS, scrolling } from "./page-table.js";
import { getLabelWidth, getLook, svg, truncateLabel } from "./plot.js";

interface Compared {
  readonly label: string;
  readonly comparison: TaskComparison;
}

const WIDTH = 440;
const ROW = 22;

/**
 * Renders the comparison of the run's model with each baseline: the differences with their intervals, for each task's main
 * result, or for each of its patterns if there is none.
 */
export function differenceFigures(report: Report): Markup[] {
  const { names, results } = report;
  return results.baselines.flatMap((baseline, k) => {
    if (baseline.comparisons.length === 0) return [];
    const shown = mainComparisons(report, k);
    const all = baseline.comparisons.map((comparison) => ({ label: makeLabel(comparison), comparison }));
    const [own, other] = [names[0]!, names[k + 1]!];
    const title = `${own} minus ${other}`;
    return html`<div class="pair"><figure><figcaption><b>${title}</b>, in percentage points</figcaption>
${figure(shown, title, { own, other, model: k + 1 })}</figure>
<div>${differenceTable(shown, title)}
<details><summary>${all.length > shown.length ? `All ${all.length} comparisons, by pattern` : "Tests"}</summary>${testTable(all, title)}</details></div></div>`;
  });
}

function mainComparisons({ rows }: Report, baseline: number): Compared[] {
  return rows.flatMap(({ title, metricTitle: metric, baselines }) => {
    const { comparison, patterns = [] } = baselines[baseline]!;
    if (comparison !== undefined) return [{ label: `${title} ${metric}`, comparison }];
    return patterns.map((one) => ({ label: `${title} ${oneLine(one.pattern)} ${metric}`, comparison: one }));
  });
}

function makeLabel({ task, metric }: TaskComparison): string {
  return `${taskTitle(task)} ${metricTitle(metric)}`;
}

function figure(
  compared: readonly Compared[],
  title: string,
  { own, other, model }: { own: string; other: string; model: number },
): Markup {
  const data = compared.map(({ label, comparison: { difference, low, high, p } }, row) => ({
    row,
    label: truncateLabel(label),
    value: 100 * difference,
    low: 100 * low,
    high: 100 * high,
    clear: p < 0.05,
    shown: minus(formatSignedFraction(difference)),
  }));
  const reach = 5 * Math.ceil(Math.max(5, ...data.flatMap(({ low, high }) => [-low, high])) / 5);
  const { color, symbol } = getLook(model);
  const clear = data.filter((one) => one.clear);
  const open = data.filter((one) => !one.clear);
  return svg(
    {
      width: WIDTH,
      height: ROW * data.length + 40,
      marginLeft: getLabelWidth(data.map(({ label }) => label)),
      marginRight: 52,
      marginTop: 18,
      marginBottom: 22,
      x: {
        domain: [-reach, reach],
        ticks: 5,
        tickSize: 3,
        label: null,
        tickFormat: (tick: number) => minus(tick > 0 ? `+${tick}` : String(tick)),
      },
      y: { domain: [-0.5, data.length - 0.5], reverse: true, axis: null },
      marks: [
        ruleX([0], { stroke: "var(--ink)" }),
        text([`← ${truncateLabel(other)} higher`], {
          frameAnchor: "top-left",
          dy: -14,
          fill: "var(--muted)",
        }),
        text([`${truncateLabel(own)} higher →`], { frameAnchor: "top-right", dy: -14, fill: "var(--muted)" }),
        ruleY(data, { y: "row", x1: "low", x2: "high", stroke: color, strokeWidth: 1.75 }),
        dot(open, {
          x: "value",
          y: "row",
          symbol,
          stroke: color,
          strokeWidth: 1.75,
          fill: "var(--paper)",
          r: 4,
        }),
        dot(clear, { x: "value", y: "row", symbol, fill: color, stroke: color, strokeWidth: 1.75, r: 4 }),
        text(data, { y: "row", text: "label", frameAnchor: "left", textAnchor: "end", dx: -8 }),
        text(data, {
          y: "row",
          text: "shown",
          frameAnchor: "right",
          textAnchor: "end",
          dx: 46,
          fontVariant: "tabular-nums",
        }),
      ],
    },
    { title, text: `${compared.map(describeComparison).join("; ")}.` },
  );
}

function describeComparison({ label, comparison }: Compared): string {
  return `${label} ${formatSignedFraction(comparison.difference)} points, 95% interval ${intervalText(comparison)}, p ${formatP(comparison.p)}`;
}

function differenceTable(compared: readonly Compared[], title: string): Markup {
  return scrolling(
    title,
    html`<table><caption>${title}, in percentage points</caption><thead><tr><th scope="col">Task</th>
<th scope="col" class="number">Diff.</th><th scope="col" class="number">95% CI</th><th scope="col" class="number">p</th><th scope="col">Over</th></tr></thead>
<tbody>${compared.map(
      ({ label, comparison }) =>
        html`<tr><th scope="row">${label}</th>${numbers(comparison)}<td class="fine name">${grouped(comparison.n)} ${oneLine(comparison.unit)}</td></tr>`,
    )}</tbody></table>`,
  );
}

function testTable(compared: readonly Compared[], title: string): Markup {
  return scrolling(
    `${title}, tests`,
    html`<table><caption>${title}, all comparisons, in percentage points</caption><thead><tr><th scope="col">Task</th><th scope="col">Pattern</th>
<th scope="col" class="number">Diff.</th><th scope="col" class="number">95% CI</th><th scope="col" class="number">p</th><th scope="col">Test</th></tr></thead>
<tbody>${compared.map(
      ({ label, comparison }) =>
        html`<tr><th scope="row">${label}</th><td>${oneLine(comparison.pattern)}</td>${numbers(comparison)}<td class="fine">${oneLine(comparison.test)}</td></tr>`,
    )}</tbody></table>`,
  );
}

function numbers(comparison: TaskComparison): Markup[] {
  const { difference, p } = comparison;
  return [
    number(formatSignedFraction(difference)),
    number(intervalText(comparison)),
    number(html`${formatP(p)}${renderMark(p < 0.05 && SIGNS.significant)}`),
  ];
}
