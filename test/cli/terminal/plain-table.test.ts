import { describe, expect, it } from "vitest";
import { plainTable, wrapParagraph } from "../../../src/cli/terminal/plain-table.js";

const HEAD = ["name", "rows * read", "words", "title"];
const ROWS = [
  ["first", "12", "one two three four", "A title of some length"],
  ["second", "3", "five", "Short"],
];
const draw = (width?: number, optional = ["words", "rows * read"]) =>
  plainTable(HEAD, ROWS, ["rows * read"], { width, wrapped: ["words", "title"], optional });
const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

describe("a table in a terminal", () => {
  it("is as wide as its cells if they fit, or if stdout is not a terminal", () => {
    expect(draw(200)).toBe(plainTable(HEAD, ROWS, ["rows * read"]));
    expect(draw()).toBe(draw(200));
    expect(widest(draw(200))).toBeGreaterThan(60);
  });

  it("wraps headings, and cells that may be wrapped", () => {
    const lines = draw(40).split("\n");
    expect(lines[0]).toMatch(/^name +rows +words +title$/);
    expect(lines[2]!.trim()).toBe("read");
    expect(lines).toContainEqual(expect.stringMatching(/^first +12 +one two/));
    expect(lines.at(-1)).toMatch(/^second +3 +five +Short$/);
    expect(draw(40)).not.toContain("hidden");
  });

  it("hides columns if that is not enough, and lists them", () => {
    expect(draw(24).split("\n").at(-1)).toBe("columns hidden in this narrow terminal: words");
    expect(draw(24)).not.toContain("three");
    expect(draw(20)).toMatch(/hidden in this narrow terminal: rows \* read, words$/);
  });

  it.each([20, 28, 33, 40, 47, 60])("fits into %i characters", (width) => {
    const [note, ...lines] = draw(width).split("\n").reverse();
    expect(
      widest([...(note!.startsWith("columns hidden") ? [] : [note!]), ...lines].join("\n")),
    ).toBeLessThanOrEqual(width);
  });
});

it("a paragraph is wrapped at the terminal's width", () => {
  expect(wrapParagraph("one two three", "  ", 9)).toBe("  one two\n    three");
  expect(wrapParagraph("one two three", "  ", undefined)).toBe("  one two three");
});
