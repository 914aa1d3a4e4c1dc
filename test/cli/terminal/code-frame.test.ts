import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeFrame } from "../../../src/cli/terminal/code-frame.js";
import type { Finding } from "../../../src/findings.js";

const at = (line?: number, column?: number, endColumn?: number): Finding => ({
  severity: "error",
  code: "bad-value",
  file: "t.yaml",
  message: "",
  line,
  column,
  endColumn,
});

describe("a code frame", () => {
  it("shows the line with its number, and carets below the position", () => {
    expect(codeFrame('one\n  text: "{{ a }}"\n', at(2, 13, 14), 80)).toBe(
      '    2 |   text: "{{ a }}"\n      |             ^',
    );
    expect(codeFrame("labels: [a]", at(1, 1, 7), 80)).toBe("    1 | labels: [a]\n      | ^^^^^^");
  });

  it("has one caret if the end is unknown, and none without a position", () => {
    expect(codeFrame("ab", at(1, 2), 80)).toBe("    1 | ab\n      |  ^");
    expect(codeFrame("ab", at(1), 80)).toBeUndefined();
    expect(codeFrame("ab", at(), 80)).toBeUndefined();
    expect(codeFrame("ab", at(7, 1), 80)).toBeUndefined();
  });

  it("counts wide characters double and keeps tabs", () => {
    expect(codeFrame("真的 x", at(1, 4, 5), 80)).toBe("    1 | 真的 x\n      |      ^");
    expect(codeFrame("真的", at(1, 2, 3), 80)).toBe("    1 | 真的\n      |   ^^");
    expect(codeFrame("\tx", at(1, 2, 3), 80)).toBe("    1 | \tx\n      | \t^");
  });

  it("shortens a line that is too long", () => {
    const frame = codeFrame(`${"a".repeat(500)}HERE${"b".repeat(500)}`, at(1, 501, 505), 80)!;
    const [line, carets] = frame.split("\n");
    expect(line!.length).toBeLessThanOrEqual(80);
    expect(line).toMatch(/^ {4}1 \| …a{30}HEREb+…$/);
    expect(line!.slice(carets!.indexOf("^"), carets!.lastIndexOf("^") + 1)).toBe("HERE");
  });

  it("has its carets below the position for any line and width", () => {
    const lines = fc.string({ unit: fc.constantFrom("a", " ", "{", ":"), minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(
        lines,
        fc.nat(300),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 20, max: 200 }),
        (before, length, more, width) => {
          const mark = "X".repeat(length + 1);
          const text = `${before}${mark}${"b".repeat(more)}`;
          const frame = codeFrame(text, at(1, before.length + 1, before.length + mark.length + 1), width)!;
          const [line, carets] = frame.split("\n");
          const [from, to] = [carets!.indexOf("^"), carets!.lastIndexOf("^") + 1];
          expect(line!.slice(from, to)).toMatch(/^X+$/);
          expect(line![from - 1]).not.toBe("X");
        },
      ),
    );
  });
});
