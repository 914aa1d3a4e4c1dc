import { dot, ruleX, ruleY, text } from "@observablehq/plot";
import { formatFraction } from "../numbers.js";
import { html, type Markup, minus } from "./markup.js";
import { findPublished, type Report, type Row, type Value } from "./page-rows.js";
import { getLabelWidth, getLook, svg, truncateLabel } from "./plot.js";

/** One line of a facet; all in percent. */
interface Mark {
  readonly name: string;
  readonly kind: "model" | "majority" | "published";
  readonly value: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  readonly color: string;
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "star";
}

const ROW = 19;

/** Renders every value with its interval, next to the majority class and published rows: one small figure per task and metric. */
export function valuesFigure(report: Report): Markup {
  const facets = report.rows.map((row) => ({ row, marks: makeMarks(report, row) }));
  const labels = facets.flatMap(({ marks }) => marks.map(({ name }) => name));
  const left = getLabelWidth(labels);
  // All on one scale, so they can be compared.
  const from = Math.min(0, ...facets.flatMap(({ marks }) => marks.map(({ value, low }) => low ?? value)));
  const domain: [number, number] = [from < 0 ? 10 * Math.floor(from / 10) : 0, 100];
  return html`<div class="facets">${facets.map(({ row, marks }) => {
    const title = `${row.title}, ${row.metricTitle}`;
    return html`<figure><figcaption><b>${row.title}</b> ${row.metricTitle}</figcaption>${facet(marks, title, { left, domain })}</figure>`;
  })}</div>`;
}

function makeMarks({ names, published }: Report, row: Row): Mark[] {
  const models = [row.own, ...row.baselines.map(({ value }) => value)].flatMap((value, k): Mark[] =>
    value === undefined ? [] : [modelMark(value, names[k]!, k)],
  );
  const constant = row.own.metric?.constant ?? null;
  return [
    ...models,
    ...(constant === null
      ? []
      : [{ name: "majority", kind: "majority", value: 100 * constant, ...PLAIN } as const]),
    ...published.flatMap((one): Mark[] => {
      const found = findPublished(one, row);
      if (found === undefined) return [];
      return [{ name: one.model, kind: "published", value: found.percent, ...PLAIN }];
    }),
  ];
}

const PLAIN = { color: "var(--muted)", symbol: "circle" } as const;

function modelMark({ value, metric, spread }: Value, name: string, model: number): Mark {
  const look = getLook(model);
  const interval = metric && { low: 100 * metric.low, high: 100 * metric.high };
  const mean = metric === undefined && spread !== undefined;
  return { name: mean ? `${name} (mean)` : name, kind: "model", value: 100 * value, ...interval, ...look };
}

function facet(
  marks: readonly Mark[],
  title: string,
  { left, domain }: { left: number; domain: [number, number] },
): Markup {
  const all = marks.map((mark, row) => ({
    ...mark,
    row,
    label: truncateLabel(mark.name),
    shown: minus(formatFraction(mark.value / 100)),
  }));
  const select = (...kinds: Mark["kind"][]) => all.filter(({ kind }) => kinds.includes(kind));
  const majority = select("majority");
  const [own, others] = [all.slice(0, 1), all.slice(1)];
  const label = { y: "row", text: "label", frameAnchor: "left", textAnchor: "end", dx: -8 } as const;
  const number = { y: "row", text: "shown", frameAnchor: "right", textAnchor: "end", dx: 42 } as const;
  const bold = { fontWeight: 600 } as const;
  return svg(
    {
      width: 360,
      height: ROW * all.length + 26,
      marginLeft: left,
      marginRight: 46,
      marginTop: 2,
      marginBottom: 22,
      x: {
        domain,
        ticks: [domain[0], 0, 50, 100].filter((tick, k, ticks) => ticks.indexOf(tick) === k),
        tickSize: 3,
        label: null,
      },
      y: { domain: [-0.5, all.length - 0.5], reverse: true, axis: null },
      marks: [
        ruleX([0, 25, 50, 75, 100], { stroke: "var(--grid)" }),
        ruleX(majority, { x: "value", stroke: "var(--muted)", strokeDasharray: "2,3" }),
        ruleY(
          all.filter(({ low }) => low !== undefined),
          { y: "row", x1: "low", x2: "high", stroke: (one: Mark) => one.color, strokeWidth: 1.75 },
        ),
        dot(select("model"), {
          x: "value",
          y: "row",
          symbol: (one: Mark) => one.symbol,
          fill: (one: Mark) => one.color,
          r: 4,
        }),
        ruleX(majority, { x: "value", y1: above, y2: below, stroke: "var(--ink)", strokeWidth: 2 }),
        dot(select("published"), {
          x: "value",
          y: "row",
          stroke: "var(--muted)",
          fill: "var(--paper)",
          r: 3.5,
        }),
        text(own, { ...label, ...bold }),
        text(others, label),
        text(own, { ...number, ...bold, fontVariant: "tabular-nums" }),
        text(others, { ...number, fontVariant: "tabular-nums" }),
      ],
      color: { type: "identity" },
      symbol: { type: "identity" },
    },
    { title, text: `${all.map(describeMark).join("; ")}.` },
  );
}

const above = ({ row }: { row: number }) => row - 0.3;
const below = ({ row }: { row: number }) => row + 0.3;

function describeMark({ name, value, low, high }: Mark): string {
  const interval = low === undefined ? "" : `, 95% interval ${low.toFixed(1)} to ${high!.toFixed(1)}`;
  return `${name} ${value.toFixed(1)}%${interval}`;
}
