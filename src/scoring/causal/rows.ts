/** An answer and the text after the blank, with the scores of each token once they are computed. */
export interface Continuation {
  readonly ids: readonly number[];
  readonly logProbs: number[];
  readonly isGreedy: boolean[];
}

/** One requested prediction: the probability of a continuation's token `number`, read at `column` of a row. */
export interface Ask {
  readonly column: number;
  readonly of: Continuation;
  readonly number: number;
}

/** Tokens computed as one row of a pass. */
export interface Row {
  /** number of tokens in the row that it continues, computed by an earlier pass; 0 if it starts a text */
  readonly after: number;
  readonly ids: readonly number[];
  readonly asks: readonly Ask[];
}

/** The rows to compute for continuations of one context. */
export interface Work {
  /** what they have in common: the context, and the tokens with which all of them start */
  readonly shared: Row;
  /** the rest of each, as a row that continues the shared one; none for a continuation that ends with it */
  readonly rests: readonly Row[];
}

/**
 * Divides continuations of a context into what is computed once for all of them and what each needs in addition. The
 * output at a token predicts the next one, so the last token of a continuation is never an input. Therefore a single
 * continuation is one row, and single-token continuations need only the context.
 * @param context at least one token
 */
export function share(context: readonly number[], continuations: readonly Continuation[]): Work {
  const inputs = continuations.map(({ ids }) => ids.slice(0, -1));
  const common = countCommonPrefix(inputs);
  const asks = (of: Continuation, from: number, to: number, column: number): Ask[] =>
    Array.from({ length: to - from }, (_, k) => ({ column: column + k, of, number: from + k }));
  const shared: Row = {
    after: 0,
    ids: [...context, ...inputs[0]!.slice(0, common)],
    asks: continuations.flatMap((c) => asks(c, 0, common + 1, context.length - 1)),
  };
  const rests = continuations.flatMap((c, k): Row[] => {
    const ids = inputs[k]!.slice(common);
    if (ids.length === 0) return [];
    return [{ after: shared.ids.length, ids, asks: asks(c, common + 1, c.ids.length, 0) }];
  });
  return { shared, rests };
}

/** Counts the tokens that all lists start with in common. */
function countCommonPrefix(lists: readonly (readonly number[])[]): number {
  const [first, ...others] = lists;
  let length = 0;
  while (length < first!.length && others.every((list) => list[length] === first![length])) length++;
  return length;
}
