/** GLM's `punctuation_standardization`: replaces one character with one, so offsets into the text stay valid. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  "\u201c": '"',
  "\u201d": '"',
  "\u2018": "'",
  "\u2019": "'",
  "\u2013": "-",
};

/** Replaces typographic quotes and dashes in a text, or in every text inside a list or an object. */
export function cleanText(value: unknown): unknown {
  if (typeof value === "string")
    return value.replace(/[\u201c\u201d\u2018\u2019\u2013]/g, (c) => REPLACEMENTS[c]!);
  if (Array.isArray(value)) return value.map(cleanText);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cleanText(each)]));
}
