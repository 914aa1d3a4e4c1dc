import type { DecoderFrame } from "./framing.js";

/** The tokens that the decoder reads in one row, and those that it scores. */
export interface DecoderRow {
  readonly ids: readonly number[];
  readonly targets: readonly ScoredToken[];
}

interface ScoredToken {
  /** number of tokens before it in the row; the last of them predicts it */
  readonly at: number;
  readonly id: number;
  /** its index among all scored tokens: each answer's tokens and then its closing's, answer by answer */
  readonly number: number;
}

/** A node in the prefix tree of the decoder's inputs: equal prefixes share a branch. */
interface Branch {
  readonly next: Map<number, Branch>;
  readonly targets: ScoredToken[];
}

/**
 * Makes the decoder's rows for a question, as few as possible: an answer that is a prefix of another is read in that row,
 * and predictions after equal prefixes are made in one row. No row contains the last scored token of an answer,
 * because nothing is predicted after it.
 */
export function makeDecoderRows({
  before,
  answers,
  closing,
}: DecoderFrame & { readonly answers: readonly (readonly number[])[] }): DecoderRow[] {
  const root: Branch = { next: new Map(), targets: [] };
  let number = 0;
  for (const answer of answers) {
    const ids = [...answer, ...closing];
    let branch = root;
    ids.forEach((id, k) => {
      branch.targets.push({ at: before.length + k, id, number: number++ });
      if (k === ids.length - 1) return;
      const next = branch.next.get(id) ?? { next: new Map(), targets: [] };
      branch.next.set(id, next);
      branch = next;
    });
  }

  const rows: DecoderRow[] = [];
  const path = [...before];
  /** Every leaf of the tree ends a row; tokens on the path to it are scored in the first row that passes. */
  const collect = (branch: Branch, inherited: readonly ScoredToken[]): void => {
    let targets = [...inherited, ...branch.targets];
    if (branch.next.size === 0) rows.push({ ids: [...path], targets });
    for (const [id, next] of branch.next) {
      path.push(id);
      collect(next, targets);
      path.pop();
      targets = [];
    }
  };
  collect(root, []);
  return rows;
}
