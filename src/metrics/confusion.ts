import type { Confusion, Prediction } from "./metric.js";

/**
 * How often each label was predicted for each. Examples without a right label are left out. A label that is none of the
 * task's has a row and a column behind them, so that the counts add up to the examples.
 *
 * @example
 * const predictions = [{ label: "no", predicted: "yes" }, { label: "yes", predicted: "yes" }];
 * console.log(JSON.stringify(confusionOf(predictions, ["no", "yes"]).counts)); // [[0,1],[0,1]]
 */
export function confusionOf(
  predictions: readonly Pick<Prediction, "label" | "predicted">[],
  labels: readonly string[],
): Confusion {
  const judged = predictions.flatMap(({ label, predicted }) =>
    label === undefined ? [] : [{ label, predicted }],
  );
  const all = [...new Set([...labels, ...judged.flatMap(({ label, predicted }) => [label, predicted])])];
  const at = new Map(all.map((label, index) => [label, index]));
  const counts = all.map(() => new Array<number>(all.length).fill(0));
  for (const { label, predicted } of judged) counts[at.get(label)!]![at.get(predicted)!]! += 1;
  return { labels: all, counts };
}
