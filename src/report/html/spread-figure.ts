import { dot, ruleX, ruleY, text } from "@observablehq/plot";
import { findPatternResults, type Spread, spreads } from "../../results/index.js";
import { oneLine } from "../names.js";
import { formatFraction } from "../numbers.js";
import { html, type Markup, minus } from "./markup.js";
import type { Report } from "./page-rows.js";
import { number, scrolling } from "./page-table.js";
import { getLabelWidth, getLook, svg, truncateLabel } from "./plot.js";

/** One model's values of one metric over a task's patterns. */
interface Line {
  readonly task: string;
  readonly metric: string;
  /** label of the task and metric, shown at its first line */
  readonly label: string;
  readonly model: number;
  readonly name: string;
  readonly values: readonly { readonly pattern: string; readonly value: number }[];
  readonly spread: Spread;
  readonly ensemble: number | undefined;
}

const ROW = 24;
const WIDTH = 440;
/** Values closer than this (in percent) are stacked. */
const NEAR = 1.2;

/** Renders each pattern's value for tasks that ran with several patterns; undefined if there are none. */
export function spreadFigure(report: Report): Markup | undefined {
  const lines = makeLines(report);
  if (lines.length === 0) return undefined;
  const title = "Spread over patterns";
  return html`<div class="pair"><figure><figcaption><b>${title}</b>, in percent</figcaption>${figure(report, lines, title)}</figure>
<div>${table(lines, title)}</div></div>`;
}

function makeLines({ rows, results, names }: Report): Line[] {
  const models = [results.tasks, ...results.baselines.map(({ tasks }) => tasks)];
  const all = models.map(spreads);
  return rows.flatMap(({ task, metric, title, metricTitle }) =>
    models.flatMap((tasks, model): Line[] => {
      const spread = all[model]!.find((one) => one.task === task && one.metric === metric);
      if (spread === undefined) return [];
      const findValue = (metrics: readonly { metric: string; value: number }[]) =>
        metrics.find((one) => one.metric === metric)?.value;
      const values = findPatternResults(tasks, task).map(({ pattern, metrics }) => ({
        pattern: oneLine(pattern),
        value: findValue(metrics)!,
      }));
      const ensemble = tasks.find((one) => one.task === task && one.kind === "ensemble");
      const label = `${title} ${metricTitle}`;
      return [
        {
          task,
          metric,
          label,
          model,
          name: names[model]!,
          values,
          spread,
          ensemble: ensemble && findValue(ensemble.metrics),
        },
      ];
    }),
  );
}

function figure({ names }: Report, lines: readonly Line[], title: string): Markup {
  const rows = lines.map((line, row) => ({
    ...line,
    row,
    isFirst: lines[row - 1]?.label !== line.label,
    ...getLook(line.model),
    mean: 100 * line.spread.mean,
    worst: 100 * line.spread.worst.value,
    best: 100 * line.spread.best.value,
  }));
  const dots = rows.flatMap(({ values, row, color, symbol }) =>
    stackValues(values.map(({ value }) => 100 * value)).map(({ x, offset }) => ({
      x,
      y: row + offset,
      color,
      symbol,
    })),
  );
  const alone = names.length === 1;
  const nameWidth = alone ? 0 : getLabelWidth(names);
  const left = nameWidth + getLabelWidth(rows.map(({ label }) => label));
  const from = Math.min(0, ...dots.map(({ x }) => x));
  return svg(
    {
      width: WIDTH,
      height: ROW * rows.length + 26,
      marginLeft: left,
      marginRight: 14,
      marginTop: 2,
      marginBottom: 22,
      x: {
        domain: [from < 0 ? 10 * Math.floor(from / 10) : 0, 100],
        ticks: 5,
        tickSize: 3,
        label: null,
        tickFormat: (tick: number) => minus(String(tick)),
      },
      y: { domain: [-0.5, rows.length - 0.5], reverse: true, axis: null },
      color: { type: "identity" },
      symbol: { type: "identity" },
      marks: [
        ruleY(
          rows.filter(({ isFirst, row }) => isFirst && row > 0),
          { y: (row: { row: number }) => row.row - 0.5, stroke: "var(--grid)" },
        ),
        ruleY(rows, {
          y: "row",
          x1: "worst",
          x2: "best",
          stroke: "color",
          strokeWidth: 1,
          strokeOpacity: 0.6,
        }),
        dot(dots, { x: "x", y: "y", stroke: "color", symbol: "symbol", fill: "var(--paper)", r: 2.8 }),
        ruleX(rows, {
          x: "mean",
          y1: ({ row }: { row: number }) => row - 0.33,
          y2: ({ row }: { row: number }) => row + 0.33,
          stroke: "color",
          strokeWidth: 2,
        }),
        text(
          rows.filter(({ isFirst }) => isFirst),
          {
            y: "row",
            text: (row: Line) => truncateLabel(row.label),
            frameAnchor: "left",
            textAnchor: "end",
            dx: -8 - nameWidth,
          },
        ),
        ...(alone
          ? []
          : [
              text(rows, {
                y: "row",
                text: (row: Line) => truncateLabel(row.name),
                frameAnchor: "left",
                textAnchor: "end",
                dx: -8,
                fill: "var(--muted)",
              }),
            ]),
      ],
    },
    { title, text: `${lines.map(describeLine).join("; ")}.` },
  );
}

/** Stacks values that would hide each other around their line. */
function stackValues(values: readonly number[]): { x: number; offset: number }[] {
  const groups: number[][] = [];
  for (const x of [...values].sort((a, b) => a - b)) {
    const last = groups.at(-1);
    if (last !== undefined && x - last[0]! < NEAR) last.push(x);
    else groups.push([x]);
  }
  return groups.flatMap((group) => {
    const step = Math.min(0.2, 0.72 / group.length);
    return group.map((x, k) => ({ x, offset: (k - (group.length - 1) / 2) * step }));
  });
}

function describeLine({ label, name, spread: { patterns, mean, worst, best } }: Line): string {
  return `${label}, ${name}: ${patterns} patterns from ${formatFraction(worst.value)} to ${formatFraction(best.value)}, mean ${formatFraction(mean)}`;
}

function table(lines: readonly Line[], title: string): Markup {
  return scrolling(
    title,
    html`<table><caption>${title}, in percent</caption><thead><tr><th scope="col">Task</th><th scope="col">Model</th>
<th scope="col" class="number">Mean ± sd</th><th scope="col" class="number">Ensemble</th><th scope="col">Patterns</th></tr></thead>
<tbody>${lines.map(
      (
        { label, name, spread, ensemble, values },
        k,
      ) => html`<tr class="${lines[k - 1]?.task !== lines[k]!.task && "first"}"><th scope="row">${label}</th><td class="name">${name}</td>
${number(`${formatFraction(spread.mean)} ± ${formatFraction(spread.sd)}`)}${number(ensemble === undefined ? "–" : formatFraction(ensemble))}
<td class="fine">${values.map(({ pattern, value }) => html`<span class="part">${pattern} ${minus(formatFraction(value))}</span> `)}</td></tr>`,
    )}</tbody></table>`,
  );
}
