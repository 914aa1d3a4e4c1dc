/** Python's `string.punctuation`, which the official scripts delete: ASCII punctuation only. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

/** Python's `\b(a|an|the)\b`: unlike in JavaScript, letters and digits of every script are word characters there. */
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;

/** The white space that Python's `str.split()` splits at. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts four control characters as white space
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * Returns the words of an answer after the normalization of the official ReCoRD (and SQuAD 1.1) evaluation script:
 * lowercased, ASCII punctuation and the words a, an, the deleted, split at white space. Accents are kept: GLM's script
 * folds them, the official one does not.
 */
export function answerWords(text: string): string[] {
  const bare = text.toLowerCase().replace(PUNCTUATION, "").replace(ARTICLES, " ");
  return bare.split(SPACES).filter((word) => word !== "");
}

/** Returns 1 if both have the same words in the same order, else 0. */
export function scoreExactMatch(predicted: string, gold: string): number {
  return answerWords(predicted).join(" ") === answerWords(gold).join(" ") ? 1 : 0;
}

/** Whether exact match judges the two texts alike, whatever the gold text is. */
export function isJudgedAlike(a: string, b: string): boolean {
  return scoreExactMatch(a, b) === 1;
}

/** Returns the F1 of the two bags of words, 2PR / (P + R); 0 if they share no word, even if both are empty. */
export function scoreTokenF1(predicted: string, gold: string): number {
  const predictedWords = answerWords(predicted);
  const goldWords = answerWords(gold);
  const left = new Map<string, number>();
  for (const word of goldWords) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of predictedWords) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    shared += 1;
  }
  if (shared === 0) return 0;
  const precision = shared / predictedWords.length;
  const recall = shared / goldWords.length;
  return (2 * precision * recall) / (precision + recall);
}
