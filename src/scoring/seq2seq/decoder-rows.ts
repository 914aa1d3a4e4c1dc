import type { DecoderFrame } from "./framing.js";

/** What the decoder reads in one row, and the tokens asked of it. */
export interface DecoderRow {
  readonly ids: readonly number[];
  readonly asks: readonly Ask[];
}

interface Ask {
  /** tokens of the row that come before it: the last of them predicts it */
  readonly at: number;
  readonly id: number;
  /** its number among all tokens asked: each answer's tokens and then its closing's, answer by answer */
  readonly number: number;
}

/** A place in the tree of what the decoder reads: equal beginnings are one branch. */
interface Branch {
  readonly next: Map<number, Branch>;
  readonly asks: Ask[];
}

/**
 * The decoder's rows of a question, as few as possible: an answer that is the beginning of another is read in its row,
 * and what is predicted after equal beginnings is predicted in one. No row holds the last token asked of an answer,
 * since nothing is predicted after it.
 */
export function decoderRows({
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
  /** Every end of the tree ends a row; what is asked on the way there is asked in the first row that passes. */
  const collect = (branch: Branch, asked: readonly Ask[]): void => {
    let asks = [...asked, ...branch.asks];
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
