import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromJson, type RunResults, toJson } from "../../src/results/index.js";
import { baseline, FULL, run, superglue, TWO } from "../report/results.js";

describe("toJson and fromJson", () => {
  it("survive a round trip", () => {
    expect(fromJson(toJson(FULL), "results.json")).toEqual(FULL);
    const sample = { ...FULL, modelNote: "a note", suites: superglue(null), sampleData: true };
    expect(fromJson(toJson(sample), "results.json")).toEqual(sample);
  });

  it("keep the baselines with their comparisons", () => {
    const failed = baseline(run([]), 0, { status: "failed", message: "no", modelNote: "x", comparisons: [] });
    const results = { ...TWO, baselines: [...TWO.baselines, failed] };
    expect(fromJson(toJson(results), "results.json")).toEqual(results);
    const { baselines } = JSON.parse(toJson(results));
    expect(baselines[2]).toMatchObject({ model_note: "x", suites: [], comparisons: [] });
    expect(baselines[0].comparisons[0]).toMatchObject({ task: "boolq", unit: "examples", n: 3270 });
  });

  it("write keys in one order, two spaces, one newline at the end", () => {
    const reversed = Object.fromEntries(Object.entries(FULL).reverse()) as unknown as RunResults;
    expect(toJson(reversed)).toBe(toJson(FULL));
    expect(toJson(FULL).startsWith('{\n  "schema": 3,\n  "model": "glm-tiny",\n')).toBe(true);
    expect(toJson(FULL).endsWith("\n}\n")).toBe(true);
  });

  it("survive any text and number", () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (x === 0 ? 0 : x));
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), number, (text, score) => {
        const results = { ...FULL, model: text, suites: superglue(score), tasks: FULL.tasks.slice(0, 1) };
        expect(fromJson(toJson(results), "results.json")).toEqual(results);
      }),
    );
  });

  it("reject what JSON cannot hold", () => {
    expect(() => toJson({ ...FULL, suites: superglue(Number.NaN) })).toThrow();
  });

  it.each([
    ["not JSON", "{", "results-damaged", /^r\.json: not JSON/],
    [
      "an earlier version",
      toJson(FULL).replace('"schema": 3', '"schema": 2'),
      "results-version",
      /^r\.json: the results have format version 2; this glm-eval reads version 3/,
    ],
    [
      "a missing value",
      toJson(FULL).replace('"value": 0.62171,', ""),
      "results-damaged",
      /tasks\.0\.metrics\.0\.value/,
    ],
    ["something else", "[]", "results-damaged", /^r\.json: not the results of a run: Invalid input/],
  ])("name the file and the position of %s", (_, text, code, message) => {
    expect(() => fromJson(text, "r.json")).toThrow(
      expect.objectContaining({ code, kind: "data", message: expect.stringMatching(message) }),
    );
  });
});
