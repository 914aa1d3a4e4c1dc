import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkFloors, parseFloor, parseFloors } from "../../src/report/index.js";
import { FULL, metric, run, superglue, task } from "./results.js";

const shortfalls = (results: Parameters<typeof checkFloors>[0], ...floors: string[]) =>
  checkFloors(results, floors).map(({ message }) => message);

describe("checkFloors", () => {
  it("returns the shortfalls in the order of the floors", () => {
    expect(shortfalls(FULL, "boolq=62", "copa=70", "cb:f1_macro=22.3", "superglue=49.2", "cb=50")).toEqual([
      "copa accuracy 55.0 < 70",
      "cb f1_macro 22.2 < 22.3",
      "superglue score 49.1 < 49.2",
    ]);
    expect(checkFloors(FULL, ["copa=70"])[0]).toMatchObject({
      floor: { name: "copa", metric: undefined, percent: "70", value: 0.7 },
      value: 0.55,
    });
    expect(shortfalls(FULL, "superglue:score=49", "axb=-5", "axb=-4%")).toEqual(["axb mcc -4.2 < -4"]);
  });

  it("uses the first metric of a task by default", () => {
    expect(shortfalls(FULL, "multirc=59.9", "multirc:em=1")).toEqual(["multirc em 0.3 < 1"]);
  });

  it("accepts a value equal to the floor, whatever its digits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (hundredths) => {
        const results = run([task("t", [metric("accuracy", hundredths / 10_000)])]);
        expect(shortfalls(results, `t=${hundredths / 100}`)).toEqual([]);
      }),
    );
  });

  it("shows enough decimals to distinguish the value from the floor", () => {
    expect(shortfalls(run([task("t", [metric("accuracy", 0.69996)])]), "t=70")).toEqual([
      "t accuracy 69.996 < 70",
    ]);
  });

  it("counts missing and failed tasks and missing scores as shortfalls", () => {
    const results = run(
      [
        task("rte", [], { status: "failed", message: "out of memory" }),
        task("cb", [], { status: "missing", message: "no file" }),
        task("wic", [], { message: "no gold labels" }),
        task("wsc", [metric("accuracy", Number.NaN)]),
      ],
      { suites: superglue(null) },
    );
    expect(shortfalls(results, "rte:accuracy=1", "cb=-100", "wic=1", "wsc=1", "superglue=0")).toEqual([
      "rte accuracy: failed (out of memory)",
      "cb: missing (no file)",
      "wic: no gold labels",
      "wsc accuracy: no value",
      "superglue score: no score, because not every task has a value from one pattern",
    ]);
  });

  it("checks several patterns by their ensemble, or by their mean without one", () => {
    const patterns = [0.5, 0.7].map((value, k) =>
      task("rte", [metric("accuracy", value)], { pattern: `p${k}` }),
    );
    expect(shortfalls(run(patterns), "rte=59.9", "rte=60.1")).toEqual(["rte accuracy 60.0 < 60.1"]);
    const ensemble = task("rte", [metric("accuracy", 0.8)], { pattern: "ensemble", kind: "ensemble" });
    expect(shortfalls(run([...patterns, ensemble]), "rte=79", "rte=81")).toEqual(["rte accuracy 80.0 < 81"]);
  });

  it.each([
    ["copa", /--fail-under "copa": expected TASK=VALUE/, "copa=70"],
    ["copa=", /expected TASK=VALUE/, "copa=70"],
    ["=70", /expected TASK=VALUE/, "copa=70"],
    ["copa=seventy", /expected TASK=VALUE/, "copa=70"],
    ["copa=1e1", /expected TASK=VALUE/, "copa=70"],
    ["copa=101", /from -100 to 100/, "copa=70"],
    ["coppa=70", /the run has no task or suite "coppa"/, 'Did you mean "copa"?'],
    ["superglu=70", /the run has no task or suite "superglu"/, 'Did you mean "superglue"?'],
    ["cb:f1_marco=70", /cb has no metric "f1_marco"/, 'Did you mean "f1_macro"?'],
    ["superglue:accuracy=70", /a suite has no metric "accuracy"/, "write superglue=70"],
  ])("rejects %s", (floor, message, hint) => {
    expect(() => checkFloors(FULL, [floor])).toThrow(
      expect.objectContaining({
        kind: "usage",
        message: expect.stringMatching(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  it("parses floors before a run, by the tasks' own metrics", () => {
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
