import { PASS_COST } from "../passes.js";
import { type Continuation, share, type Work } from "./rows.js";

/** Rows of neighboring items computed in one pass: each takes as many tokens as the longest. */
export interface PassSize {
  readonly rows: number;
  readonly shortest: number;
  readonly longest: number;
  /** the maximum number of tokens by which any of its rows will be continued */
  readonly rest: number;
}

/**
 * Divides items into passes of neighbors at minimal cost; a pass costs PASS_COST plus its tokens, including padding. A
 * pass with one item is always allowed.
 * @param fits whether a pass is allowed; if it is not, larger ones are not either
 * @returns the items of each pass, in order
 */
export function splitPasses<T>(
  items: readonly T[],
  size: (item: T) => { readonly length: number; readonly rest: number },
  fits: (pass: PassSize) => boolean,
): T[][] {
  const sizes = items.map(size);
  // The minimal cost of the first n items, and the start of the last of their passes.
  const best = [{ cost: 0, from: 0 }];
  for (let end = 1; end <= items.length; end++) {
    let pass: PassSize = { rows: 0, shortest: Number.POSITIVE_INFINITY, longest: 0, rest: 0 };
    let least = { cost: Number.POSITIVE_INFINITY, from: end - 1 };
    for (let from = end - 1; from >= 0; from--) {
      const { length, rest } = sizes[from]!;
      pass = {
        rows: pass.rows + 1,
        shortest: Math.min(pass.shortest, length),
        longest: Math.max(pass.longest, length),
        rest: Math.max(pass.rest, rest),
      };
      if (pass.rows > 1 && !fits(pass)) break;
      const cost = best[from]!.cost + PASS_COST + pass.rows * pass.longest;
      if (cost < least.cost) least = { cost, from };
    }
    best.push(least);
  }
  const passes: T[][] = [];
  for (let end = items.length; end > 0; end = best[end]!.from) passes.push(items.slice(best[end]!.from, end));
  return passes.reverse();
}

/** A context and its possible continuations. */
export interface ContinuedContext {
  readonly context: readonly number[];
  readonly continuations: readonly Continuation[];
}

/**
 * Decides whether each context is computed once for its continuations or with each of them. Computing it once requires
 * a second pass for the rest of the continuations, which pays off if it saves more than PASS_COST tokens for the entire
 * batch.
 * @param continues whether the graph can continue an earlier pass's rows
 */
export function planWork(questions: readonly ContinuedContext[], continues: boolean): Work[] {
  const once = questions.map(({ context, continuations }) => share(context, continuations));
  const saved = once.reduce((sum, { shared, rests }, q) => {
    const again = questions[q]!.continuations.length - 1;
    return rests.length === 0 ? sum : sum + again * shared.ids.length;
  }, 0);
  if (continues && saved > PASS_COST) return once;
  return once.flatMap((work, q) => {
    const { context, continuations } = questions[q]!;
    return work.rests.length === 0 ? [work] : continuations.map((each) => share(context, [each]));
  });
}
