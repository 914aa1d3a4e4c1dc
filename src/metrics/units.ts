import { GlmEvalError } from "../errors.js";
import type { DrawnBy, Prediction, Units } from "./metric.js";

/**
 * Adds items up in rows of `width` sums, one row for each key; an item without a key is a unit of its own.
 * `name` says what a unit is where no item has a key, `keyedName` where some have.
 *
 * @example
 * const answers = [{ passage: "a", right: 1 }, { passage: "a", right: 0 }, { passage: "b", right: 1 }];
 * const { rows } = tally(
 *   answers,
 *   { width: 2, name: "answers", keyedName: "passages", keyOf: ({ passage }) => passage },
 *   (row, { right }) => {
 *     row[0]! += right;
 *     row[1]! += 1;
 *   },
 * );
 * console.log(JSON.stringify(rows)); // [[1,2],[1,1]]
 */
export function tally<Item>(
  items: readonly Item[],
  options: { width: number; name: string; keyedName: string; keyOf: (item: Item) => string | undefined },
  add: (row: number[], item: Item) => void,
): Units {
  const rows: number[][] = [];
  const byKey = new Map<string, number[]>();
  for (const item of items) {
    const key = options.keyOf(item);
    let row = key === undefined ? undefined : byKey.get(key);
    if (row === undefined) {
      row = new Array<number>(options.width).fill(0);
      rows.push(row);
      if (key !== undefined) byKey.set(key, row);
    }
    add(row, item);
  }
  return { name: byKey.size > 0 ? options.keyedName : options.name, rows };
}

/** What names the unit that an example belongs to: see `DrawnBy`. Groups are told apart by their cluster as well. */
export function unitKey({ cluster, group }: Pick<Prediction, "cluster" | "group">, by: DrawnBy) {
  return by === "cluster" || group === undefined ? cluster : JSON.stringify([cluster ?? null, group]);
}

/**
 * `tally` by example, or by what is drawn together (the answers of a passage stand and fall together): the rows of most
 * metrics.
 *
 * @example
 * // The units of accuracy: rows of [right, all].
 * const units: Metric["units"] = (predictions, _labels, by) =>
 *   tallyExamples(predictions, by, 2, (row, { predicted, label }) => {
 *     if (predicted === label) row[0]! += 1;
 *     row[1]! += 1;
 *   });
 */
export function tallyExamples(
  predictions: readonly Prediction[],
  by: DrawnBy,
  width: number,
  add: (row: number[], prediction: Prediction) => void,
): Units {
  const keyOf = (prediction: Prediction) => unitKey(prediction, by);
  const grouped = by === "group" && predictions.some(({ group }) => group !== undefined);
  const keyedName = grouped ? "groups" : "clusters";
  return tally(predictions, { width, name: "examples", keyedName, keyOf }, add);
}

/** Column sums: what `Metric.value` takes. */
export function total(rows: Units["rows"]): number[] {
  const sums = new Array<number>(rows[0]?.length ?? 0).fill(0);
  for (const row of rows) for (let k = 0; k < sums.length; k++) sums[k]! += row[k]!;
  return sums;
}

/** For metrics of two classes. @throws GlmEvalError (data) */
export function requireTwoLabels(metric: string, labels: readonly string[]): void {
  if (labels.length === 2) return;
  throw new GlmEvalError(
    "metric-not-applicable",
    `metric ${metric} is defined for two labels, found ${labels.length}`,
    {
      hint: "name another metric in the task file, for example accuracy or f1_macro",
    },
  );
}

/** @throws GlmEvalError (data) naming the example that belongs to no group */
export function requireGroup(metric: string, what: string, prediction: Prediction): string {
  if (prediction.group !== undefined) return prediction.group;
  throw new GlmEvalError(
    "metric-not-applicable",
    `metric ${metric} judges ${what} as a whole, but example ${JSON.stringify(prediction.exampleId)} has no group`,
    { hint: "use a reader that sets the group of each example, or another metric" },
  );
}
