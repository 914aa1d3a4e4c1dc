/** An answer and the text after the blank, with the model's score of each token once it is computed. */
export interface Continuation {
  readonly ids: readonly number[];
  readonly logProbs: number[];
  readonly isGreedy: boolean[];
}

/** A token to score: token `number` of a continuation, predicted by the output at `column` of a row. */
export interface ScoredToken {
  readonly column: number;
  readonly continuation: Continuation;
  readonly number: number;
}

/** Tokens that are computed as one row of a pass. */
export interface Row {
  /** number of tokens of the row that it continues, computed by an earlier pass; 0 if it starts a text */
  readonly after: number;
  readonly ids: readonly number[];
  readonly targets: readonly ScoredToken[];
}

/** The computation for the continuations of one context. */
export interface Work {
  /** what they have in common: the context and the common prefix of all of them */
  readonly shared: Row;
  /** the rest of each, as a row that continues the shared one; none for a continuation that ends with it */
  readonly rests: readonly Row[];
}

/**
 * Divides the continuations of a context into the part that is computed once for all of them and the rest of each. The
 * output at a token predicts the next one, so the last token of a continuation is never an input. A single continuation is
 * therefore one row, and single-token continuations need only the context.
 * @param context at least one token
 */
export function shareContext(context: readonly number[], continuations: readonly Continuation[]): Work {
  const inputs = continuations.map(({ ids }) => ids.slice(0, -1));
  const common = getCommonLength(inputs);
  const makeTargets = (continuation: Continuation, from: number, to: number, column: number): ScoredToken[] =>
    Array.from({ length: to - from }, (_, k) => ({ column: column + k, continuation, number: from + k }));
  const shared: Row = {
    after: 0,
    ids: [...context, ...inputs[0]!.slice(0, common)],
    targets: continuations.flatMap((c) => makeTargets(c, 0, common + 1, context.length - 1)),
  };
  const rests = continuations.flatMap((c, k): Row[] => {
    const ids = inputs[k]!.slice(common);
    if (ids.length === 0) return [];
    return [{ after: shared.ids.length, ids, targets: makeTargets(c, common + 1, c.ids.length, 0) }];
  });
  return { shared, rests };
}

/** Returns the length of the common prefix of all lists. */
function getCommonLength(lists: readonly (readonly number[])[]): number {
  const [first, ...others] = lists;
  let length = 0;
  while (length < first!.length && others.every((list) => list[length] === first![length])) length++;
  return length;
}
