/** An answer with its tokens. */
export interface AnswerTokens {
  readonly text: string;
  readonly label?: string | undefined;
  readonly ids: readonly number[];
}

/**
 * Finds pairs of answers to one text that differ (in their label or, without labels, in their text) but have the same
 * tokens, so the model gives both the same score whatever the text is. Each answer is paired with the first such answer
 * before it.
 * @param isSameText whether two answers without labels count as the same text, so that it does not matter which one is
 *   predicted; default: equal strings
 */
export function findSameTokens<A extends AnswerTokens>(
  answers: readonly A[],
  isSameText: (a: string, b: string) => boolean = Object.is,
): [A, A][] {
  const byTokens = new Map<string, A[]>();
  return answers.flatMap((answer): [A, A][] => {
    if (answer.ids.length === 0) return [];
    const key = answer.ids.join();
    const before = byTokens.get(key) ?? [];
    byTokens.set(key, [...before, answer]);
    const other = before.find(
      ({ text, label }) =>
        text !== answer.text &&
        (label === undefined ? !isSameText(text, answer.text) : label !== answer.label),
    );
    return other === undefined ? [] : [[other, answer]];
  });
}
