/** Most words of a text have been seen before, and splitting is expensive: cache this many words, up to this length. */
const MAX_CACHED_WORDS = 50_000;
const MAX_WORD_LENGTH = 64;

/** Wraps an encoder of single words with a cache of its results. */
export function cacheWords(encode: (word: string) => readonly number[]): (word: string) => readonly number[] {
  const cached = new Map<string, readonly number[]>();
  return (word) => {
    const known = cached.get(word);
    if (known !== undefined) return known;
    const found = encode(word);
    if (cached.size >= MAX_CACHED_WORDS) cached.clear();
    if (word.length <= MAX_WORD_LENGTH) cached.set(word, found);
    return found;
  };
}
