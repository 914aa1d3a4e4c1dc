import type { Confusion } from "../../results/index.js";

/** How well one label is found; fractions, undefined where nothing was divided by. */
export interface ClassResult {
  readonly label: string;
  /** of those predicted to be it, how many are */
  readonly precision: number | undefined;
  /** of those that are, how many were predicted to be */
  readonly recall: number | undefined;
  /** 2 tp / (2 tp + fp + fn) */
  readonly f1: number | undefined;
  /** examples that are */
  readonly support: number;
}

/** Precision, recall, F1 and support of each label, in class order. */
export function classResults({ labels, counts }: Confusion): ClassResult[] {
  const share = (part: number, all: number) => (all === 0 ? undefined : part / all);
  return labels.map((label, k) => {
    const right = counts[k]![k]!;
    const support = counts[k]!.reduce((sum, count) => sum + count, 0);
    const predicted = counts.reduce((sum, row) => sum + row[k]!, 0);
    return {
      label,
      precision: share(right, predicted),
      recall: share(right, support),
      f1: share(2 * right, support + predicted),
      support,
    };
  });
}
