/** The whitespace of Python's str.rstrip() and str.split(), which differs slightly from JavaScript's. */
const PYTHON_WHITESPACE =
  "\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008" +
  "\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

/** Python's string.punctuation. */
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

function stripEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** The filters that GLM's and PET's patterns need in addition to Jinja's; each maps a text to a text. */
export const FILTERS: ReadonlyMap<string, (text: string) => string> = new Map([
  ["strip_punctuation", (text) => stripEnd(text, PUNCTUATION)],
  ["rstrip", (text) => stripEnd(text, PYTHON_WHITESPACE)],
  [
    "lower_first",
    (text) => {
      const [first = ""] = text;
      return first.toLowerCase() + text.slice(first.length);
    },
  ],
]);

/** Marks a part that may be truncated; handled when the expression is compiled, since it is a property of the part. */
export const SHORTEN = "shorten";

/** The library's filters (it exports no list), so that a mistyped one is found before any data is read. */
const LIBRARY_FILTERS = [
  "abs",
  "bool",
  "capitalize",
  "dictsort",
  "first",
  "float",
  "indent",
  "int",
  "items",
  "join",
  "keys",
  "last",
  "length",
  "list",
  "lower",
  "map",
  "rejectattr",
  "replace",
  "reverse",
  "safe",
  "selectattr",
  "sort",
  "string",
  "title",
  "tojson",
  "trim",
  "unique",
  "upper",
  "values",
];

export const FILTER_NAMES: readonly string[] = [SHORTEN, ...FILTERS.keys(), ...LIBRARY_FILTERS];
