import { describe, expect, it } from "vitest";
import { didYouMean, GlmEvalError, nearest } from "../src/errors.js";

describe("nearest", () => {
  const names = ["title", "label", "labels", "metrics", "multirc", "copa"];
  it.each([
    ["titel", "title"],
    ["lable", "label"],
    ["metric", "metrics"],
    ["MultRC", "multirc"],
    ["coppa", "copa"],
  ])("takes %s for %s", (typed, meant) => {
    expect(nearest(typed, names)).toBe(meant);
  });
  it("has no guess for a word that has no letter in common", () => {
    expect(nearest("c", ["a", "b"])).toBeUndefined();
    expect(nearest("3", ["2", "32"])).toBe("32");
  });
  it("has no guess for a word unlike any", () => {
    expect(nearest("xyzzy", names)).toBeUndefined();
  });
});

it("each kind of error has its exit code", () => {
  expect((["usage", "data", "model"] as const).map((kind) => new GlmEvalError(kind, "x").exitCode)).toEqual([
    2, 3, 4,
  ]);
});

it("a hint names the nearest, and not more names than one can read", () => {
  expect(didYouMean("lable", ["label", "text"], "columns")).toBe(
    'did you mean "label"? The columns are: label, text',
  );
  const many = Array.from({ length: 500 }, (_, k) => `column${k}`);
  expect(didYouMean("xyz", many, "columns")).toMatch(
    /^The columns are: column0, .*column29, … \(500 in all\)$/,
  );
});
