import type { Confusion } from "./run-results.js";

/** How well one class is distinguished from the others, as fractions. */
export interface ClassResult {
  readonly label: string;
  /** TP / (TP + FP); null if the class was never predicted */
  readonly precision: number | null;
  /** TP / (TP + FN); null if no example has the class */
  readonly recall: number | null;
  /** 2TP / (2TP + FP + FN); null if the class is neither gold nor predicted */
  readonly f1: number | null;
  /** number of examples of the class */
  readonly support: number;
}

/** Computes precision, recall and F1 of each class, in class order. */
export function computeClassResults({ labels, counts }: Confusion): ClassResult[] {
  const share = (part: number, all: number) => (all === 0 ? null : part / all);
  return labels.map((label, k) => {
    const right = counts[k]![k]!;
    const support = counts[k]!.reduce((sum, one) => sum + one, 0);
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
