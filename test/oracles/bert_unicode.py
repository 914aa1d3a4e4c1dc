"""Prints src/models/tokenizers/unicode.ts: which characters BERT's normaliser and splitter of the Rust `tokenizers` treat as
control characters, accents and punctuation, found by asking it about every code point.

    python test/oracles/bert_unicode.py > src/models/tokenizers/unicode.ts
"""

from textwrap import fill

import tokenizers
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

cased, uncased, split = BertNormalizer(lowercase=False), BertNormalizer(lowercase=True), BertPreTokenizer()
kinds = {"CONTROL": [], "ACCENT": [], "PUNCTUATION": []}
for code in range(0x110000):
    if 0xD800 <= code < 0xE000:
        continue
    text = "x" + chr(code) + "y"
    if cased.normalize_str(text) == "xy":
        kinds["CONTROL"].append(code)
    elif uncased.normalize_str(text) == "xy":
        kinds["ACCENT"].append(code)
    if len(split.pre_tokenize_str(text)) == 3:
        kinds["PUNCTUATION"].append(code)

WHAT = {
    "CONTROL": "Dropped: control, format and private-use characters, NUL and U+FFFD (tab, newline and return are spaces).",
    "ACCENT": "Dropped after canonical decomposition when accents are stripped: nonspacing marks.",
    "PUNCTUATION": "Always a separate token: punctuation, and ASCII symbols such as $ + < ^.",
}


def ranges(codes):
    found = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return " ".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in found)


print(f"""/**
 * Character classes of BERT's basic tokenizer, as the Rust `tokenizers` {tokenizers.__version__} has them (mostly Unicode 8). They are
 * tables, and not \\\\p{{…}}, because those follow the Unicode version of the Node that runs: ids must not.
 * Made by test/oracles/bert_unicode.py; do not edit by hand.
 */

/** Builds a character class (the contents of […] in a regular expression with the u flag) from hexadecimal ranges. */
function toCharacterClass(ranges: string): string {{
  return ranges
    .trim()
    .split(/\\s+/)
    .map((range) => range.replace(/[0-9a-f]+/g, (code) => `\\\\u{{${{code}}}}`))
    .join("");
}}""".replace("\\\\p", "\\p"))
for name, codes in kinds.items():
    print(f"\n/** {WHAT[name]} */\nexport const {name} = toCharacterClass(`\n{fill(ranges(codes), 108, break_on_hyphens=False)}\n`);")
