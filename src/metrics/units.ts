import { GlmEvalError } from "../errors.js";
import type { DrawnBy, Prediction, Units } from "./metric.js";

/**
 * Sums items into rows of `width` sums, one row per key; an item without a key is a separate unit.
 * The units are called `name` if no item has a key, `keyedName` if some have one.
 *
 * @example
 * const answers = [{ passage: "a", right: 1 }, { passage: "a", right: 0 }, { passage: "b", right: 1 }];
 * const { rows } = tally(
 *   answers,
 *   { width: 2, name: "answers", keyedName: "passages", getKey: ({ passage }) => passage },
 *   (row, { right }) => {
 *     row[0]! += right;
 *     row[1]! += 1;
 *   },
 * );
 * console.log(JSON.stringify(rows)); // [[1,2],[1,1]]
 */
export function tally<Item>(
  items: readonly Item[],
  options: { width: number; name: string; keyedName: string; getKey: (item: Item) => string | undefined },
  add: (row: number[], item: Item) => void,
): Units {
  const rows: number[][] = [];
  const byKey = new Map<string, number[]>();
  for (const item of items) {
    const key = options.getKey(item);
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

/** Returns the key of the unit that an example belongs to: see `DrawnBy`. Groups are identified together with their cluster. */
export function getUnitKey({ cluster, group }: Pick<Prediction, "cluster" | "group">, by: DrawnBy) {
  return by === "cluster" || group === undefined ? cluster : JSON.stringify([cluster ?? null, group]);
}

/**
 * Sums by example, or by the examples that are resampled together (the answers for one passage depend on each other).
 * Most metrics use these rows.
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
  const getKey = (prediction: Prediction) => getUnitKey(prediction, by);
  const grouped = by === "group" && predictions.some(({ group }) => group !== undefined);
  const keyedName = grouped ? "groups" : "clusters";
  return tally(predictions, { width, name: "examples", keyedName, getKey }, add);
}

/** Returns the column sums, which `Metric.value` takes. */
export function total(rows: Units["rows"]): number[] {
  const sums = new Array<number>(rows[0]?.length ?? 0).fill(0);
  for (const row of rows) for (let k = 0; k < sums.length; k++) sums[k]! += row[k]!;
  return sums;
}

/** Checks that there are exactly two labels. @throws GlmEvalError (data) */
export function requireTwoLabels(metric: string, labels: readonly string[]): void {
  if (labels.length === 2) return;
  throw new GlmEvalError(
    "metric-not-applicable",
    `metric ${metric} is defined for two labels, found ${labels.length}`,
    {
      hint: "choose another metric in the task file, for example accuracy or f1_macro",
    },
  );
}

/** Returns the group of an example. @throws GlmEvalError (data) that names the example if it has none */
export function requireGroup(metric: string, what: string, prediction: Prediction): string {
  if (prediction.group !== undefined) return prediction.group;
  throw new GlmEvalError(
    "metric-not-applicable",
    `metric ${metric} judges ${what} together, but example ${JSON.stringify(prediction.exampleId)} has no group`,
    { hint: "use a reader that sets the group of each example, or another metric" },
  );
}
