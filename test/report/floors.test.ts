import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkFloors, parseFloor, parseFloors } from "../../src/report/index.js";
import { FULL, metric, run, superglue, task } from "./results.js";

const told = (results: Parameters<typeof checkFloors>[0], ...floors: string[]) =>
  checkFloors(results, floors).map(({ message }) => message);

describe("checkFloors", () => {
  it("gives what fell short, in the order of the floors", () => {
    expect(told(FULL, "boolq=62", "copa=70", "cb:f1_macro=22.3", "superglue=49.2", "cb=50")).toEqual([
      "copa accuracy 55.0 < 70",
      "cb f1_macro 22.2 < 22.3",
      "superglue score 49.1 < 49.2",
    ]);
    expect(checkFloors(FULL, ["copa=70"])[0]).toMatchObject({
      floor: { name: "copa", metric: undefined, percent: "70", value: 0.7 },
      value: 0.55,
    });
    expect(told(FULL, "superglue:score=49", "axb=-5", "axb=-4%")).toEqual(["axb mcc -4.2 < -4"]);
  });

  it("takes the first metric of a task unless one is named", () => {
    expect(told(FULL, "multirc=59.9", "multirc:em=1")).toEqual(["multirc em 0.3 < 1"]);
  });

  it("lets a value that is the floor pass, whatever its digits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (hundredths) => {
        const results = run([task("t", [metric("accuracy", hundredths / 10_000)])]);
        expect(told(results, `t=${hundredths / 100}`)).toEqual([]);
      }),
    );
  });

  it("shows as many decimals as tell the value from the floor", () => {
    expect(told(run([task("t", [metric("accuracy", 0.69996)])]), "t=70")).toEqual(["t accuracy 69.996 < 70"]);
  });

  it("counts what is missing, failed or has no score as short", () => {
    const results = run(
      [
        task("rte", [], { status: "failed", message: "out of memory" }),
        task("cb", [], { status: "missing", message: "no file" }),
        task("wic", [], { message: "no gold labels" }),
        task("wsc", [metric("accuracy", Number.NaN)]),
      ],
      { suites: superglue(null) },
    );
    expect(told(results, "rte:accuracy=1", "cb=-100", "wic=1", "wsc=1", "superglue=0")).toEqual([
      "rte accuracy: failed (out of memory)",
      "cb: missing (no file)",
      "wic: it has no gold labels",
      "wsc accuracy: it has no value",
      "superglue score: it has no score, as not all its tasks have a value with one pattern each",
    ]);
  });

  it("judges several patterns by their ensemble, else by their mean", () => {
    const patterns = [0.5, 0.7].map((value, k) =>
      task("rte", [metric("accuracy", value)], { pattern: `p${k}` }),
    );
    expect(told(run(patterns), "rte=59.9", "rte=60.1")).toEqual(["rte accuracy 60.0 < 60.1"]);
    const ensemble = task("rte", [metric("accuracy", 0.8)], { pattern: "ensemble", kind: "ensemble" });
    expect(told(run([...patterns, ensemble]), "rte=79", "rte=81")).toEqual(["rte accuracy 80.0 < 81"]);
  });

  it.each([
    ["copa", /--fail-under "copa": expected TASK=VALUE/, "copa=70"],
    ["copa=", /expected TASK=VALUE/, "copa=70"],
    ["=70", /expected TASK=VALUE/, "copa=70"],
    ["copa=seventy", /expected TASK=VALUE/, "copa=70"],
    ["copa=1e1", /expected TASK=VALUE/, "copa=70"],
    ["copa=101", /from -100 to 100/, "copa=70"],
    ["coppa=70", /the run has no task or suite "coppa"/, 'did you mean "copa"?'],
    ["superglu=70", /the run has no task or suite "superglu"/, 'did you mean "superglue"?'],
    ["cb:f1_marco=70", /cb has no metric "f1_marco"/, 'did you mean "f1_macro"?'],
    ["superglue:accuracy=70", /a suite has no metric "accuracy"/, "write superglue=70"],
  ])("refuses %s", (floor, message, hint) => {
    expect(() => checkFloors(FULL, [floor])).toThrow(
      expect.objectContaining({
        kind: "usage",
        message: expect.stringMatching(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  it("reads floors before a run, by the tasks' own metrics", () => {
    const names = { tasks: [{ name: "a:b", metrics: ["accuracy"] }], suites: ["s"] };
    expect(parseFloors(["s=1"], names)).toEqual([parseFloor("s=1")]);
    expect(() => parseFloors(["s:x=1"], names)).toThrow(/a suite has no metric/);
    expect(() => parseFloors(["t=1"], names)).toThrow(/no task or suite "t"/);
    expect(parseFloor(" a : f1 = 50.5 % ")).toEqual({
      name: "a",
      metric: "f1",
      percent: "50.5",
      value: 0.505,
    });
  });
});
