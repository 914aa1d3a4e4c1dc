import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ensembleScores, judgeEnsemble } from "../../../src/runner/judge/ensemble.js";
import type { JudgedTask, PatternRun } from "../../../src/runner/judge/judged-task.js";
import type { JudgedExample } from "../../../src/runner/judge/samples.js";

const { labels, scores, means, predicted } = JSON.parse(
  readFileSync(new URL("../../fixtures/metrics/ensemble.json", import.meta.url), "utf8"),
) as { labels: string[]; scores: number[][][]; means: number[][]; predicted: string[] };

const task: JudgedTask = { name: "t", title: "T", defaultPattern: "p0", labels, metrics: ["accuracy"] };
const labelled = (values: readonly number[]) => values.map((score, k) => ({ label: labels[k]!, score }));

/** Makes a pattern's run with these label scores, in which "yes" is always right. */
function makeRun(
  pattern: string,
  of: readonly (readonly number[])[],
  cut: readonly number[] = [],
): PatternRun {
  const judged = of.map((values, k) => ({
    question: { example: String(k) },
    decided: { labelScores: labelled(values) },
    entry: { id: String(k), answers: [], cut: cut.includes(k) ? 3 : 0 },
  })) as unknown as JudgedExample[];
  return {
    judged,
    predictions: of.map((values, k) => ({
      exampleId: String(k),
      predicted: "no",
      label: "yes",
      scores: labelled(values),
    })),
    result: {
      task: "t",
      title: "T",
      pattern,
      status: "done",
      examples: of.length,
      metrics: [{ metric: "accuracy", value: 0, low: 0, high: 0, interval: "wilson", constant: 1 }],
      ties: 9,
      truncated: cut.length,
      endOfPiece: false,
      normalization: "sum",
    },
  };
}
const RUNS = scores.map((of, k) => makeRun(`p${k}`, of));

describe("the ensemble of patterns", () => {
  it("has the reference's mean log-probabilities", () => {
    for (const [k, expected] of means.entries()) {
      const found = ensembleScores(scores.map((of) => labelled(of[k]!)));
      expect(found.map(({ label }) => label)).toEqual(labels);
      for (const [n, { score }] of found.entries()) expect(score).toBeCloseTo(expected[n]!, 10);
    }
  });

  it("matches labels by name, regardless of their order in a pattern", () => {
    const [first, second] = [labelled([-1, -2, -3]), labelled([-5, -1, -9])];
    expect(ensembleScores([first, [...second].reverse()])).toEqual(ensembleScores([first, second]));
  });

  it("is a separate result with its own predictions, interval, ties and truncations", () => {
    const found = judgeEnsemble(task, RUNS)!;
    expect(found.predictions.map((one) => one.predicted)).toEqual(predicted);
    const right = predicted.filter((label) => label === "yes").length;
    expect(found.result).toMatchObject({
      task: "t",
      pattern: "ensemble",
      kind: "ensemble",
      examples: predicted.length,
      ties: 0,
      truncated: 0,
    });
    const [accuracy] = found.result.metrics;
    expect(accuracy).toMatchObject({
      metric: "accuracy",
      value: right / predicted.length,
      interval: "wilson",
    });
    expect(accuracy!.low).toBeLessThan(accuracy!.value);
    // Of its own probabilities: the softmax of the mean log-probabilities.
    const { bins } = found.result.reliability!;
    const best = means.map((of) => {
      const total = of.reduce((sum, score) => sum + Math.exp(score), 0);
      return Math.exp(Math.max(...of)) / total;
    });
    const confidence = bins.reduce((sum, bin) => sum + bin.count * bin.confidence, 0);
    expect(confidence).toBeCloseTo(
      best.reduce((a, b) => a + b, 0),
      8,
    );

    const even = [
      [-1, -1, -2],
      [-3, -1, -9],
    ];
    const cut = judgeEnsemble(task, [makeRun("a", even, [0]), makeRun("b", even, [0, 1])])!;
    expect(cut.result).toMatchObject({ ties: 1, truncated: 2 });
    expect(cut.predictions.map((one) => one.predicted)).toEqual(["no", "yes"]);
  });

  it("is of the examples that all patterns were asked, and judged by those with a gold label", () => {
    const scored = [
      [-1, -2, -3],
      [-2, -1, -3],
      [-2, -1, -3],
    ];
    const [one, other] = [makeRun("a", scored), makeRun("b", scored.slice(0, 2))];
    const unlabelled = one.predictions.map(({ label, ...rest }, k) => (k === 0 ? rest : { ...rest, label }));
    const { result, predictions } = judgeEnsemble(task, [{ ...one, predictions: unlabelled }, other])!;
    expect(predictions.map(({ exampleId }) => exampleId)).toEqual(["0", "1"]);
    expect(result).toMatchObject({ examples: 2, skipped: 1, unlabelled: 1, metrics: [{ value: 1 }] });
  });

  it("is omitted for one pattern, for texts, and if a pattern does not score all labels", () => {
    expect(judgeEnsemble(task, RUNS.slice(0, 1))).toBeUndefined();
    expect(judgeEnsemble({ ...task, labels: [] }, RUNS)).toBeUndefined();
    const short = makeRun(
      "short",
      scores[0]!.map((of, k) => (k === 3 ? of.slice(0, 2) : of)),
    );
    expect(judgeEnsemble(task, [...RUNS, short])).toBeUndefined();
    const none = makeRun(
      "first",
      scores[0]!.map(() => []),
    );
    expect(judgeEnsemble(task, [...RUNS, none])).toBeUndefined();
  });
});
