/** An answer with its tokens. */
export interface AnswerTokens {
  readonly text: string;
  readonly label?: string | undefined;
  readonly ids: readonly number[];
}

/**
 * Pairs of answers to one text that say different things (another text, and where there are labels another label) but are
 * the same tokens: the model gives both the same score, whatever the text. Each is paired with the first such answer
 * before it.
 */
export function findSameTokens<A extends AnswerTokens>(answers: readonly A[]): [A, A][] {
  const byTokens = new Map<string, A[]>();
  return answers.flatMap((answer): [A, A][] => {
    if (answer.ids.length === 0) return [];
    const key = answer.ids.join();
    const before = byTokens.get(key) ?? [];
    byTokens.set(key, [...before, answer]);
    const other = before.find(
      ({ text, label }) => text !== answer.text && (label === undefined || label !== answer.label),
    );
    return other === undefined ? [] : [[other, answer]];
  });
}
