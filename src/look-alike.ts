/**
 * Whether two texts look the same when printed, but differ: in their Unicode form (é as U+00E9, or as e and U+0301), in
 * zero-width characters, or in the kind of space.
 */
export function looksLike(one: string, other: string): boolean {
  return one !== other && toVisibleText(one) === toVisibleText(other);
}

function toVisibleText(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\p{Cf}\p{Cc}\s]+/gu, (run) => (/\s/.test(run) ? " " : ""))
    .trim();
}

/**
 * Describes by code points how two texts that look alike differ: "the first has U+0065 U+0301, the second U+00E9".
 * @returns undefined if the difference is visible
 */
export function describeHiddenDifference(one: string, other: string): string | undefined {
  if (!looksLike(one, other)) return undefined;
  const [a, b] = [[...one], [...other]];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const codes = (text: readonly string[]) =>
    text
      .slice(start, text.length - end)
      .map(formatCodePoint)
      .join(" ") || "nothing";
  return `the first has ${codes(a)}, the second ${codes(b)}`;
}

function formatCodePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
