import { dot, frame, line, ruleX, text } from "@observablehq/plot";
import type { Confusion, Reliability, TaskResult } from "../../results/index.js";
import { computeClassResults, findEnsemble, findPatternResults } from "../../results/index.js";
import { oneLine, taskTitle } from "../names.js";
import { formatFraction } from "../numbers.js";
import { html, type Markup } from "./markup.js";
import type { Report } from "./page-rows.js";
import { grouped, number, scrolling } from "./page-table.js";
import { getLook, svg } from "./plot.js";

/** Maximum number of labels of a readable matrix; with more, the most frequent confusions are listed instead. */
const MAX_MATRIX_LABELS = 24;
const MAX_CONFUSIONS = 20;

/** Renders confusion matrices, results by class, and reliability diagrams; empty if no task has any. */
export function taskFigures({ results, names }: Report): Markup[] {
  const models = [results.tasks, ...results.baselines.map(({ tasks }) => tasks)];
  return [...new Set(results.tasks.map(({ task }) => task))].flatMap((task) => {
    const panels = models.flatMap((tasks, model) => panel(tasks, task, { model, name: names[model]! }));
    return panels.length === 0
      ? []
      : [
          html`<article class="task"><h3>${taskTitle(task)}</h3><div class="panels">${panels}</div></article>`,
        ];
  });
}

function panel(tasks: readonly TaskResult[], task: string, shown: { model: number; name: string }): Markup[] {
  const ensemble = findEnsemble(tasks, task);
  const candidates = [...(ensemble ? [ensemble] : []), ...findPatternResults(tasks, task)];
  const judged = candidates.find(({ confusion }) => confusion !== undefined);
  const calibrated = candidates.find(
    ({ reliability }) => reliability !== undefined && reliability.bins.length > 0,
  );
  if (judged === undefined && calibrated === undefined) return [];
  const heading = (result: TaskResult) => `${taskTitle(task)}, ${shown.name}, ${oneLine(result.pattern)}`;
  return [
    html`<section class="panel" aria-label="${taskTitle(task)}, ${shown.name}"><h4>${shown.name} <small>${oneLine((judged ?? calibrated)!.pattern)}</small></h4>
<div class="panel-parts">${judged && [confusionTable(judged.confusion!, heading(judged)), classTable(judged.confusion!, heading(judged))]}
${calibrated && reliabilityFigure(calibrated.reliability!, heading(calibrated), shown.model)}</div></section>`,
  ];
}

function confusionTable({ labels, counts }: Confusion, heading: string): Markup {
  if (labels.length > MAX_MATRIX_LABELS) return confusionList({ labels, counts }, heading);
  const title = `Confusion, ${heading}`;
  const sums = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  return scrolling(
    title,
    html`<table class="matrix"><caption>${title}: rows are gold labels, columns predicted labels</caption>
<thead><tr><td></td><th scope="colgroup" colspan="${labels.length}" class="axis">predicted</th></tr>
<tr><th scope="col" class="axis">gold</th>${labels.map((label) => html`<th scope="col">${oneLine(label)}</th>`)}</tr></thead>
<tbody>${labels.map(
      (label, k) =>
        html`<tr><th scope="row">${oneLine(label)}</th>${counts[k]!.map((count, j) => {
          const share = sums[k] === 0 ? 0 : count / sums[k]!;
          return html`<td class="${j === k && "right"}" style="--share:${share.toFixed(3)}">${grouped(count)}</td>`;
        })}</tr>`,
    )}</tbody></table>`,
  );
}

function confusionList({ labels, counts }: Confusion, heading: string): Markup {
  const title = `Most frequent confusions, ${heading}`;
  const wrong = counts
    .flatMap((row, gold) => row.map((count, predicted) => ({ gold, predicted, count })))
    .filter(({ gold, predicted, count }) => gold !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_CONFUSIONS);
  return scrolling(
    title,
    html`<table><caption>${title}</caption><thead><tr><th scope="col">Gold</th><th scope="col">Predicted</th><th scope="col" class="number">Examples</th></tr></thead>
<tbody>${wrong.map(({ gold, predicted, count }) => html`<tr><td>${oneLine(labels[gold]!)}</td><td>${oneLine(labels[predicted]!)}</td>${number(grouped(count))}</tr>`)}</tbody></table>`,
  );
}

function classTable(confusion: Confusion, heading: string): Markup {
  const title = `By class, ${heading}`;
  const share = (value: number | null) => number(value === null ? "–" : formatFraction(value));
  return scrolling(
    title,
    html`<table><caption>${title}, in percent</caption><thead><tr><th scope="col">Label</th><th scope="col" class="number">Precision</th><th scope="col" class="number">Recall</th>
<th scope="col" class="number">F1</th><th scope="col" class="number">n</th></tr></thead><tbody>${computeClassResults(
      confusion,
    ).map(
      ({ label, precision, recall, f1, support }) =>
        html`<tr><th scope="row">${oneLine(label)}</th>${share(precision)}${share(recall)}${share(f1)}${number(grouped(support))}</tr>`,
    )}</tbody></table>`,
  );
}

function reliabilityFigure({ bins, ece }: Reliability, heading: string, model: number): Markup {
  const title = `Reliability, ${heading}`;
  const { color, symbol } = getLook(model);
  const data = bins.map((bin) => ({ ...bin, x: 100 * bin.confidence, y: 100 * bin.accuracy }));
  const largest = Math.max(...bins.map(({ count }) => count));
  const scale = { domain: [0, 100], ticks: [0, 50, 100], tickSize: 3, label: null } as const;
  const figure = svg(
    {
      width: 220,
      height: 220,
      marginLeft: 34,
      marginRight: 10,
      marginTop: 10,
      marginBottom: 34,
      x: { ...scale, domain: [0, 100] },
      y: { ...scale, domain: [0, 100] },
      r: { type: "sqrt", domain: [0, largest], range: [0, 8] },
      marks: [
        frame({ stroke: "var(--grid)" }),
        line(
          [
            [0, 0],
            [100, 100],
          ],
          { stroke: "var(--muted)", strokeDasharray: "2,3" },
        ),
        ruleX(data, { x: "x", y1: "x", y2: "y", stroke: color, strokeWidth: 1.5 }),
        dot(data, { x: "x", y: "y", r: "count", symbol, fill: color, fillOpacity: 0.85 }),
        text(["probability of the prediction"], { frameAnchor: "bottom", dy: 32, fill: "var(--muted)" }),
        text(["right"], { frameAnchor: "top-left", dx: 5, dy: 2, fill: "var(--muted)" }),
      ],
    },
    {
      title,
      text: `${bins.map(({ confidence, accuracy, count }) => `probability ${formatFraction(confidence)}%, right ${formatFraction(accuracy)}%, ${count} examples`).join("; ")}.`,
    },
  );
  return html`<figure class="reliability"><figcaption>Reliability, ECE <b>${formatFraction(ece)}%</b></figcaption>${figure}
<details><summary>Numbers</summary>${scrolling(
    title,
    html`<table><caption>${title}, in percent</caption><thead><tr><th scope="col" class="number">Bin</th><th scope="col" class="number">Probability</th><th scope="col" class="number">Right</th><th scope="col" class="number">n</th></tr></thead>
<tbody>${bins.map(({ from, to, confidence, accuracy, count }) => html`<tr>${number(`${Math.round(100 * from)}–${Math.round(100 * to)}`)}${number(formatFraction(confidence))}${number(formatFraction(accuracy))}${number(grouped(count))}</tr>`)}</tbody></table>`,
  )}</details></figure>`;
}
