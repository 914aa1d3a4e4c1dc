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
  ])("corrects %s to %s", (typed, meant) => {
    expect(nearest(typed, names)).toBe(meant);
  });
  it("does not suggest a word without a letter in common", () => {
    expect(nearest("c", ["a", "b"])).toBeUndefined();
    expect(nearest("3", ["2", "32"])).toBe("32");
  });
  it("suggests nothing for a word that is unlike all others", () => {
    expect(nearest("xyzzy", names)).toBeUndefined();
  });
});

it("the code of an error determines its kind and exit code", () => {
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

it("an operating system error gets a code", () => {
  const refused = Object.assign(new Error("no"), { code: "ENOSPC", syscall: "write", path: "run.json" });
  expect(fileError(refused)).toMatchObject({
    code: "disk-full",
    message: "run.json: the disk is full (write)",
    cause: refused,
  });
  expect(fileError(new Error("no"))).toBeUndefined();
});

it("a hint suggests the nearest name and lists at most 30 names", () => {
  expect(didYouMean("lable", ["label", "text"], "columns")).toBe(
    'Did you mean "label"? The columns are: label, text',
  );
  const many = Array.from({ length: 500 }, (_, k) => `column${k}`);
  expect(didYouMean("xyz", many, "columns")).toMatch(
    /^The columns are: column0, .*column29, … \(500 in total\)$/,
  );
});
