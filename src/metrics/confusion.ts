import type { Confusion, Prediction } from "./metric.js";

/**
 * Counts how often each label was predicted for each gold label. Examples without a gold label are skipped. A label that
 * is not one of the task's gets a row and a column after the task's labels, so that the counts add up to the number of
 * examples.
 *
 * @example
 * const predictions = [{ label: "no", predicted: "yes" }, { label: "yes", predicted: "yes" }];
 * console.log(JSON.stringify(computeConfusion(predictions, ["no", "yes"]).counts)); // [[0,1],[0,1]]
 */
export function computeConfusion(
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
