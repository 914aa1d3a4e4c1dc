/** Most words of a text are seen before, and splitting is dear: remember this many of them, of this length at most. */
const REMEMBERED_WORDS = 50_000;
const REMEMBERED_LENGTH = 64;

/** The same encoder of single words, which remembers what it gave before. */
export function remembering(
  encode: (word: string) => readonly number[],
): (word: string) => readonly number[] {
  const remembered = new Map<string, readonly number[]>();
  return (word) => {
    const known = remembered.get(word);
    if (known !== undefined) return known;
    const found = encode(word);
    if (remembered.size >= REMEMBERED_WORDS) remembered.clear();
    if (word.length <= REMEMBERED_LENGTH) remembered.set(word, found);
    return found;
  };
}
