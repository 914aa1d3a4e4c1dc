import type { DecoderFrame } from "./framing.js";

/** The decoder's input in one row, and the tokens requested from it. */
export interface DecoderRow {
  readonly ids: readonly number[];
  readonly asks: readonly Ask[];
}

interface Ask {
  /** number of tokens of the row that precede it: the last of them predicts it */
  readonly at: number;
  readonly id: number;
  /** its index among all requested tokens: each answer's tokens, then those of its closing, answer by answer */
  readonly number: number;
}

/** A node in the prefix tree of the decoder's inputs: equal beginnings share a branch. */
interface Branch {
  readonly next: Map<number, Branch>;
  readonly asks: Ask[];
}

/**
 * Makes the decoder's rows for a question, as few as possible: an answer that is a prefix of another shares its row,
 * and predictions after equal prefixes are made only once. No row contains the last requested token of an answer,
 * because nothing is predicted after it.
 */
export function makeDecoderRows({
  before,
  answers,
  closing,
}: DecoderFrame & { readonly answers: readonly (readonly number[])[] }): DecoderRow[] {
  const root: Branch = { next: new Map(), asks: [] };
  let number = 0;
  for (const answer of answers) {
    const ids = [...answer, ...closing];
    let branch = root;
    ids.forEach((id, k) => {
      branch.asks.push({ at: before.length + k, id, number: number++ });
      if (k === ids.length - 1) return;
      const next = branch.next.get(id) ?? { next: new Map(), asks: [] };
      branch.next.set(id, next);
      branch = next;
    });
  }

  const rows: DecoderRow[] = [];
  const path = [...before];
  /** Every leaf of the tree ends a row; tokens requested on the way to it belong to the first row that passes them. */
  const collect = (branch: Branch, pending: readonly Ask[]): void => {
    let asks = [...pending, ...branch.asks];
    if (branch.next.size === 0) rows.push({ ids: [...path], asks });
    for (const [id, next] of branch.next) {
      path.push(id);
      collect(next, asks);
      path.pop();
      asks = [];
    }
  };
  collect(root, []);
  return rows;
}
