import { describe, expect, it } from "vitest";
import { didYouMean, fileError, GlmEvalError, nearest } from "../src/errors.js";

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

it("a code says the kind of an error and its exit code", () => {
  const errors = (["task-not-found", "disk-full", "model-not-found"] as const).map(
    (code) => new GlmEvalError(code, "x", { hint: "y", cause: "z" }),
  );
  expect(errors.map(({ code, kind, exitCode }) => [code, kind, exitCode])).toEqual([
    ["task-not-found", "usage", 2],
    ["disk-full", "data", 3],
    ["model-not-found", "model", 4],
  ]);
  expect(errors.map(({ message, hint, cause }) => [message, hint, cause])).toEqual(
    Array(3).fill(["x", "y", "z"]),
  );
});

it("what the operating system refuses has a code", () => {
  const refused = Object.assign(new Error("no"), { code: "ENOSPC", syscall: "write", path: "run.json" });
  expect(fileError(refused)).toMatchObject({
    code: "disk-full",
    message: "run.json: the disk is full (write)",
    cause: refused,
  });
  expect(fileError(new Error("no"))).toBeUndefined();
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
