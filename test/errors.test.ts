import { describe, expect, it } from "vitest";
import { GlmEvalError, nearest } from "../src/errors.js";

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
  it("has no guess for a word unlike any", () => {
    expect(nearest("xyzzy", names)).toBeUndefined();
  });
});

it("each kind of error has its exit code", () => {
  expect((["usage", "data", "model"] as const).map((kind) => new GlmEvalError(kind, "x").exitCode)).toEqual([
    2, 3, 4,
  ]);
});
