import { describe, expect, it } from "vitest";
import { PROTOCOLS } from "../../../src/options/index.js";
import type { JournalEntry, QuestionRecord } from "../../../src/runner/index.js";
import { judgePattern } from "../../../src/runner/judge/judge-pattern.js";
import type { JudgedTask } from "../../../src/runner/judge/judged-task.js";

const task: JudgedTask = {
  name: "t",
  title: "T",
  defaultPattern: "p0",
  labels: ["no", "yes"],
  metrics: ["accuracy"],
};
const pattern = { id: "p0", decision: "best", normalization: "sum" } as const;
const options = { conventions: PROTOCOLS.glm, family: "infill" } as const;

function question(k: number, label: string | undefined, of = "p0"): QuestionRecord {
  return {
    id: `t/${of}/${k}`,
    pattern: of,
    example: String(k),
    text: "It is [MASK].",
    answerKind: "words",
    answers: [
      { text: " No", label: "no" },
      { text: " Yes", label: "yes" },
    ],
    ...(label !== undefined && { label }),
    calibration: { pmi: ["t/p0/~pmi/1"] },
  };
}

/** Makes the journal's entry of a question from the probabilities of its two answers. */
function entry(id: string, no: number, yes: number, more: Partial<JournalEntry> = {}): JournalEntry {
  const closing = { tokenIds: [], logProbs: [], isGreedy: [] };
  const answer = (p: number) => ({
    tokenIds: [1],
    tokens: ["x"],
    tokenLogProbs: [Math.log(p)],
    isGreedy: [false],
    closing,
  });
  return { id, answers: [answer(no), answer(yes)], cut: 0, ...more };
}

const journal = (...entries: readonly JournalEntry[]) => new Map(entries.map((one) => [one.id, one]));

describe("a pattern's result", () => {
  it("is of the examples that have a gold label; the others are predicted all the same", () => {
    const questions = [question(0, "no"), question(1, undefined), question(2, "no")];
    const scored = journal(
      ...[entry("t/p0/0", 0.2, 0.1), entry("t/p0/1", 0.1, 0.2), entry("t/p0/2", 0.1, 0.3)],
    );
    const { result, judged, predictions } = judgePattern(task, pattern, questions, scored, options);
    expect(result).toMatchObject({ status: "done", examples: 3, unlabelled: 1, metrics: [{ value: 0.5 }] });
    expect(result.confusion!.counts.flat().reduce((a, b) => a + b)).toBe(2);
    expect([judged.length, predictions.length]).toEqual([3, 3]);
    const none = questions.map(({ label: _, ...rest }) => rest);
    expect(judgePattern(task, pattern, none, scored, options).result).toMatchObject({
      message: "no gold labels; predictions in samples/",
      examples: 3,
      unlabelled: 3,
      metrics: [],
    });
  });

  it("leaves out examples that could not be scored", () => {
    const scored = journal(entry("t/p0/0", 0.2, 0.1), {
      id: "t/p0/1",
      answers: [],
      cut: 0,
      skipped: "too long",
    });
    const { result, judged } = judgePattern(
      task,
      pattern,
      [question(0, "no"), question(1, "no")],
      scored,
      options,
    );
    expect(result).toMatchObject({ examples: 1, skipped: 1, metrics: [{ value: 1 }] });
    expect(judged.map(({ question: of }) => of.example)).toEqual(["0"]);
  });

  it("counts the ties of its own questions, and the truncated texts", () => {
    const first = [question(0, "no"), question(1, "yes"), question(2, "no")];
    const second = first.map(({ example, label }) => question(Number(example), label, "p1"));
    const scored = journal(
      ...[entry("t/p0/0", 0.2, 0.2), entry("t/p0/1", 0.1, 0.1, { cut: 3 }), entry("t/p0/2", 0.3, 0.1)],
      ...[entry("t/p1/0", 0.2, 0.1), entry("t/p1/1", 0.1, 0.1), entry("t/p1/2", 0.3, 0.1)],
    );
    expect(judgePattern(task, pattern, first, scored, options).result).toMatchObject({
      ties: 2,
      truncated: 1,
    });
    expect(judgePattern(task, { ...pattern, id: "p1" }, second, scored, options).result).toMatchObject({
      pattern: "p1",
      ties: 1,
      truncated: 0,
    });
  });

  it("has the confusion matrix of the labels and the reliability of their probabilities", () => {
    const questions = [question(0, "no"), question(1, "yes"), question(2, "no"), question(3, "yes")];
    const scored = journal(
      entry("t/p0/0", 0.3, 0.1),
      entry("t/p0/1", 0.1, 0.3),
      entry("t/p0/2", 0.05, 0.45),
      entry("t/p0/3", 0.02, 0.18),
    );
    const { result } = judgePattern(task, pattern, questions, scored, options);
    expect(result.metrics[0]).toMatchObject({ metric: "accuracy", value: 0.75 });
    expect(result.confusion).toEqual({
      labels: ["no", "yes"],
      counts: [
        [1, 1],
        [0, 2],
      ],
    });
    // Twice 0.75, both right; twice 0.9, one of them right.
    expect(result.reliability!.bins.map(({ count, accuracy }) => [count, accuracy])).toEqual([
      [2, 1],
      [2, 0.5],
    ]);
    expect(result.reliability!.ece).toBeCloseTo(0.5 * 0.25 + 0.5 * 0.4, 12);
  });

  it("has only predictions if no gold label is known", () => {
    const scored = journal(entry("t/p0/0", 0.3, 0.1));
    const { result, predictions } = judgePattern(task, pattern, [question(0, undefined)], scored, options);
    expect(result).toMatchObject({ status: "done", metrics: [], examples: 1 });
    expect(result.message).toMatch(/no gold labels/);
    expect(result).not.toHaveProperty("confusion");
    expect(predictions[0]).toMatchObject({ predicted: "no" });
  });

  it("names the first question whose scores, or calibration scores, are missing", () => {
    const questions = [question(0, "no"), question(1, "no")];
    expect(() => judgePattern(task, pattern, questions, journal(entry("t/p0/0", 0.3, 0.1)), options)).toThrow(
      "the journal has no scores for t/p0/1",
    );
    const pmi = { ...options, conventions: { ...PROTOCOLS.glm, calibration: "pmi" as const } };
    const scored = journal(entry("t/p0/0", 0.3, 0.1), entry("t/p0/1", 0.3, 0.1));
    expect(() => judgePattern(task, pattern, questions, scored, pmi)).toThrow(
      expect.objectContaining({ calibration: "pmi", question: "t/p0/0" }),
    );
    scored.set("t/p0/~pmi/1", entry("t/p0/~pmi/1", 0.9, 0.1));
    const { result, predictions } = judgePattern(task, pattern, questions, scored, pmi);
    expect(result.calibration).toBe("pmi");
    expect(predictions.map(({ predicted }) => predicted)).toEqual(["yes", "yes"]);
  });

  it("needs no calibration if the decision compares no scores", () => {
    const greedy = { ...pattern, decision: "greedy" } as const;
    const pmi = { ...options, conventions: { ...PROTOCOLS.glm, calibration: "pmi" as const } };
    const only = { ...question(0, "no"), answers: [{ text: " No" }] };
    const scored = journal({
      ...entry("t/p0/0", 0.3, 0.1),
      answers: entry("t/p0/0", 0.3, 0.1).answers.slice(0, 1),
    });
    const { result } = judgePattern(task, greedy, [only], scored, pmi);
    expect(result.status).toBe("done");
    expect(result).not.toHaveProperty("calibration");
  });
});
