import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Metric } from "../../src/metrics/index.js";
import { PROTOCOLS } from "../../src/options/index.js";
import { compareEvaluations } from "../../src/results/index.js";
import { type Evaluation, evaluate } from "../../src/runner/index.js";
import { builtinTasks, findTask } from "../../src/tasks/index.js";
import { standIn } from "../runner/stand-in.js";

const dataRoot = fileURLToPath(new URL("../../data/superglue-sample", import.meta.url));
const options = { conventions: PROTOCOLS.glm, maxBatchTokens: 1000, dataRoot };
const tasks = await Promise.all(builtinTasks().map(findTask));

/** Picks an answer from the letters of the question's name: deterministic, and varied between questions. */
const byName = (id: string, answers: number): number =>
  [...id].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % answers;

const [first, second] = await Promise.all([
  evaluate(standIn(), tasks, options),
  evaluate(standIn({ prefer: byName, brokenFor: "rte" }), tasks, options),
]);

const value = ({ tasks }: Evaluation, task: string, metric: string): number =>
  tasks.find((one) => one.task === task)!.metrics.find((one) => one.metric === metric)!.value;

describe("compareEvaluations", () => {
  const comparisons = compareEvaluations(first, second);

  it("compares every metric of every task that both have, in order", () => {
    const both = first.tasks.filter(({ task }) => task !== "rte");
    expect(comparisons.map(({ task, pattern, metric }) => [task, pattern, metric])).toEqual(
      both.flatMap(({ task, pattern, metrics }) => metrics.map(({ metric }) => [task, pattern, metric])),
    );
    expect(comparisons.length).toBeGreaterThan(12);
    for (const { task, metric, difference, low, high } of comparisons) {
      expect(difference).toBeCloseTo(value(first, task, metric) - value(second, task, metric), 12);
      expect(low).toBeLessThanOrEqual(difference);
      expect(high).toBeGreaterThanOrEqual(difference);
    }
    expect(comparisons.some(({ difference }) => Math.abs(difference) > 0.05)).toBe(true);
  });

  it("uses questions in MultiRC, passages in ReCoRD and pairs in AX-g as independent units", () => {
    const units = (name: string) => {
      const found = comparisons.filter(({ task }) => task === name);
      return found.map(({ metric, unit, n }) => `${metric}: ${n} ${unit}`).sort();
    };
    const counts = (name: string, key: "group" | "cluster" | "exampleId") =>
      new Set(first.judged.find(({ task }) => task === name)!.predictions.map((one) => one[key])).size;
    const questions = counts("multirc", "group");
    expect(units("multirc")).toEqual([`em: ${questions} questions`, `f1a: ${questions} questions`]);
    expect(questions).toBeGreaterThan(counts("multirc", "cluster"));
    const passages = counts("record", "cluster");
    expect(units("record")).toEqual([`exact_match: ${passages} clusters`, `token_f1: ${passages} clusters`]);
    const pairs = counts("axg", "group");
    expect(units("axg")).toEqual([`accuracy: ${pairs} groups`, `gender_parity: ${pairs} pairs`]);
    expect(units("wic")).toEqual([`accuracy: ${counts("wic", "exampleId")} examples`]);
  });

  it("skips a task that one of the two lacks, and another pattern", async () => {
    expect(comparisons.map(({ task }) => task)).not.toContain("rte");
    expect(compareEvaluations(second, first).map(({ task }) => task)).not.toContain("rte");
    const copa = tasks.filter(({ name }) => name === "copa");
    const other = await evaluate(standIn(), copa, { ...options, patterns: ["p1"] });
    expect(compareEvaluations(first, other)).toEqual([]);
    const both = await evaluate(standIn(), copa, { ...options, patterns: "all" });
    expect(compareEvaluations(both, other).map(({ pattern }) => pattern)).toEqual(["p1"]);
  });

  it("compares by a custom metric, and compares ensembles", async () => {
    const copa = tasks.find(({ name }) => name === "copa")!;
    const metric: Metric = {
      name: "second",
      title: "2nd",
      description: "share of second choices",
      judges: "labels",
      units: (predictions) => ({
        name: "examples",
        rows: predictions.map(({ predicted }) => [predicted === "1" ? 1 : 0, 1]),
      }),
      value: (sums) => sums[0]! / sums[1]!,
    };
    const own = {
      ...copa,
      metrics: ["accuracy", "second"],
      metricModules: [{ name: "second", file: "second.mjs", hash: "", metric }],
    };
    const all = { ...options, patterns: "all" } as const;
    const [one, other] = await Promise.all([
      evaluate(standIn(), [own], all),
      evaluate(standIn({ prefer: byName }), [own], all),
    ]);
    const found = compareEvaluations(one, other).filter(({ metric: name }) => name === "second");
    expect(found.map(({ pattern }) => pattern)).toEqual(["p0", "p1", "p2", "ensemble"]);
    const share = (judged: (typeof other.judged)[number]) =>
      judged.predictions.filter(({ predicted }) => predicted === "1").length / judged.predictions.length;
    // The first model never picks the second choice.
    expect(found.map(({ difference }) => -difference)).toEqual(
      other.judged.map((judged) => expect.closeTo(share(judged), 12)),
    );
  });

  it("rejects two runs on different examples", async () => {
    const fewer = await evaluate(standIn(), tasks, { ...options, limit: 8 });
    expect(() => compareEvaluations(first, fewer)).toThrow(
      expect.objectContaining({ kind: "data", message: expect.stringContaining("not for the second one") }),
    );
  });
});
