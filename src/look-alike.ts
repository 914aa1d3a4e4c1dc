/**
 * Two texts that are printed alike, but are not the same: in different Unicode forms (é as U+00E9, or as e and U+0301),
 * with characters that have no width, or with other kinds of space.
 */
export function looksLike(one: string, other: string): boolean {
  return one !== other && visible(one) === visible(other);
}

function visible(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\p{Cf}\p{Cc}\s]+/gu, (run) => (/\s/.test(run) ? " " : ""))
    .trim();
}

/**
 * What tells two texts apart that look alike, by its code points: "the first has U+0065 U+0301, the second U+00E9".
 * @returns undefined if one can see the difference
 */
export function unseenDifference(one: string, other: string): string | undefined {
  if (!looksLike(one, other)) return undefined;
  const [a, b] = [[...one], [...other]];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const codes = (text: readonly string[]) =>
    text
      .slice(start, text.length - end)
      .map(codePoint)
      .join(" ") || "nothing";
  return `the first has ${codes(a)}, the second ${codes(b)}`;
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
