import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Document, isMap, isScalar, parseDocument, type Scalar, stringify } from "yaml";
import { findSourceOffsets } from "../../src/tasks/yaml-scalar.js";

function textScalar(document: Document): { type: Scalar["type"]; range: Scalar["range"]; value: string } {
  const node = isMap(document.contents) ? document.contents.get("text", true) : undefined;
  if (!isScalar(node) || typeof node.value !== "string") throw new Error("expected a string");
  return { type: node.type, range: node.range, value: node.value };
}

/** Returns the source of the character at an index and what follows, as long as `value`. */
function readSource(yaml: string, value: string, index: number): string {
  const offset = findSourceOffsets(yaml, textScalar(parseDocument(yaml)))[index]!;
  return yaml.slice(offset, offset + value.length);
}

describe("the position of a string's character in its YAML file", () => {
  it.each([
    ["plain", "text: one two", 4, "two"],
    ["plain on two lines", "text: one\n  two", 4, "two"],
    ["in single quotes", "text: 'it''s a ''two'''", 8, "two"],
    ["in double quotes", 'text: "a \\"b\\" two"', 6, "two"],
    ["after escapes with codes", 'text: "\\x41\\u00e9\\U0001f600 two"', 5, "two"],
    ["after an escaped line break", 'text: "one\\n two"', 5, "two"],
    ["over an escaped line's end", 'text: "one \\\n   two"', 4, "two"],
    ["folded", "text: >-\n  one\n  two\n\n  three", 8, "three"],
    ["folded, with a line of more indentation", "text: >\n  one\n    two\n  three", 6, "two"],
    ["a block of lines", "text: |\n  one\n\n    two\n", 7, "two"],
    ["with an anchor and a tag", 'text: !!str &a "one two"', 4, "two"],
    ["after a comment", "# why\ntext: >- # folded\n  one\n  two", 4, "two"],
  ])("%s", (_, yaml, index, expected) => {
    expect(textScalar(parseDocument(yaml)).value.slice(index)).toMatch(new RegExp(`^${expected}`));
    expect(readSource(yaml, expected, index)).toBe(expected);
  });

  it("is right for every letter, however the string is written", () => {
    const letters = fc.constantFrom(
      "a",
      "b",
      "{",
      "}",
      "'",
      '"',
      "\\",
      "é",
      "字",
      "😀",
      " ",
      "  ",
      "\n",
      "\t",
      "#",
      ": ",
    );
    const styles = fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_FOLDED", "BLOCK_LITERAL");
    const texts = fc.array(letters, { minLength: 1, maxLength: 60 }).map((list) => list.join(""));
    fc.assert(
      fc.property(texts, styles, fc.constantFrom(20, 40, 0), (text, style, lineWidth) => {
        const yaml = stringify({ text }, { defaultStringType: style as never, lineWidth });
        const scalar = textScalar(parseDocument(yaml));
        const offsets = findSourceOffsets(yaml, scalar);
        expect(offsets).toHaveLength(scalar.value.length);
        for (const [i, letter] of scalar.value.split("").entries()) {
          if (/[ab{}#é字\ud83d]/.test(letter)) expect(yaml[offsets[i]!]).toBe(letter);
          // A quote is written as itself, or as the escape that starts there.
          if (letter === '"' || letter === "\\") expect(yaml[offsets[i]!]).toMatch(/["\\]/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
