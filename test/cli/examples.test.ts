import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expectDone, jsonLines, workspace } from "./command.js";

const { path, run } = workspace();
const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
const CHINESE = fileURLToPath(new URL("../fixtures/reference/random-chinese", import.meta.url));

/** Number of rows of each example; the bundled model reads all but the Chinese one. */
const ROWS = {
  choice: 24,
  confidence: 20,
  facts: 24,
  quiz: 20,
  "sentiment-en": 32,
  "sentiment-zh": 24,
  topic: 30,
};
const english = Object.entries(ROWS).filter(([name]) => name !== "sentiment-zh");

interface Sample {
  readonly id: string;
  readonly pattern: string;
  readonly text: string;
  readonly answers: readonly { readonly answer: string; readonly score: number }[];
  readonly predicted: string;
  readonly cut: number;
}

const file = (name: string) => `${EXAMPLES}${name}`;
const samples = (folder: string, task: string) =>
  jsonLines<Sample>(readFileSync(path(folder, "samples", `${task}.jsonl`), "utf8"));
const csv = (folder: string) => readFileSync(path(folder, "results.csv"), "utf8").trim().split("\r\n");

/** Expects that every row was scored uncut, with a score for every answer. */
function expectScored(found: readonly Sample[], rows: number): void {
  expect(new Set(found.map(({ id, pattern }) => `${id} ${pattern}`)).size).toBe(rows);
  for (const { answers, predicted, cut, text } of found) {
    expect(text).toContain("[MASK]");
    expect(answers.length).toBeGreaterThan(1);
    expect(answers.every(({ score }) => Number.isFinite(score) && score < 0)).toBe(true);
    expect(predicted).not.toBe("");
    expect(cut).toBe(0);
  }
}

describe("the examples", () => {
  it("are complete and valid", async () => {
    const folders = readdirSync(EXAMPLES, { withFileTypes: true }).filter((each) => each.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(ROWS).sort());
    const stdout = expectDone(
      await run(["tasks", "validate", ...Object.keys(ROWS).map((name) => file(`${name}/task.yaml`))]),
    );
    const lines = stdout.split("\n").filter(Boolean);
    for (const [name, rows] of Object.entries(ROWS))
      expect(lines).toContainEqual(expect.stringContaining(`${name}/task.yaml: ok: ${rows} examples`));
    expect(lines).toHaveLength(folders.length);
    expect(
      expectDone(await run(["tasks", "validate", file("sentiment-en/task.yaml"), "--split", "train"])),
    ).toContain("ok: 12 examples, 1 pattern, labels negative 6 / positive 6");
  });

  it("fit the bundled model's vocabulary and length, except the Chinese one, which says so", async () => {
    const model = fileURLToPath(new URL("../../data/models/glm-tiny", import.meta.url));
    const files = Object.keys(ROWS).map((name) => file(`${name}/task.yaml`));
    const stdout = expectDone(await run(["tasks", "validate", ...files, "--model", model]));
    for (const [name, rows] of english) expect(stdout).toContain(`${name}/task.yaml: ok: ${rows} examples`);
    expect(stdout).toContain('"坏" (负面) and "好" (正面) are the same to this model: [UNK]');
    const warnings = stdout.split("\n").filter((line) => line.includes(": warning: "));
    expect(warnings.every((line) => line.includes("sentiment-zh/task.yaml:"))).toBe(true);
  });

  it("run as a suite, with their average", async () => {
    const stdout = expectDone(await run(["run", file("english.yaml"), "--output", "suite"]));
    for (const [name, rows] of english) {
      expect(stdout).toMatch(new RegExp(`^${name} +(Acc\\.|EM) .* ${rows}$`, "m"));
      expect(csv("suite")).toContainEqual(expect.stringContaining(`glm-tiny,glm,${name},p0,`));
      expectScored(samples("suite", name), rows);
    }
    const { tasks, suites } = JSON.parse(readFileSync(path("suite/results.json"), "utf8")) as {
      tasks: { metrics: { metric: string; value: number }[] }[];
      suites: { name: string; score: number }[];
    };
    // For topic and confidence, only accuracy counts, their first metric.
    const values = tasks.map(({ metrics }) => metrics[0]!.value);
    const mean = values.reduce((sum, value) => sum + value, 0) / english.length;
    expect(suites).toEqual([expect.objectContaining({ name: "examples", score: expect.closeTo(mean, 12) })]);
    expect(stdout).toMatch(new RegExp(`^All examples +score +${(100 * mean).toFixed(1)}$`, "m"));
    expect(csv("suite").at(-1)).toMatch(/^glm-tiny,glm,examples,,score,/);
  });

  it("ask the questions in their comments", () => {
    const text = (task: string) => samples("suite", task)[0]!.text;
    expect(text("sentiment-en")).toMatch(/[^.]\. It was really \[MASK\]\.$/);
    expect(text("choice")).toBe("The streets were flooded because [MASK].");
    const [first] = samples("suite", "quiz");
    expect(first).toMatchObject({
      id: "Animals-1",
      text: "Which animal gives us wool? It is [MASK].",
      gold: ["a sheep"],
    });
    expect(first!.answers.map(({ answer }) => answer.trim())).toEqual([
      "a sheep",
      "a spider",
      "an elephant",
      "a dog",
      "a snail",
    ]);
  });

  it("put few-shot examples before the question", async () => {
    const args = ["run", file("sentiment-en/task.yaml"), "--num-fewshot", "4", "--fewshot-balanced"];
    expect(expectDone(await run([...args, "--output", "few"]))).toMatch(
      /^Few-shot examples per question: sentiment-en 4\.$/m,
    );
    const found = samples("few", "sentiment-en");
    expectScored(found, 32);
    for (const { text } of found) {
      expect(text.match(/\. It was really good\.\n\n/g)).toHaveLength(2);
      expect(text.match(/\. It was really bad\.\n\n/g)).toHaveLength(2);
    }
  });

  it.each(["topic", "choice"])("have an ensemble of patterns: %s", async (name) => {
    const output = `${name}-all`;
    const args = ["run", file(`${name}/task.yaml`), "--patterns", "all", "--output", output];
    expect(expectDone(await run(args))).toMatch(new RegExp(`^${name} +Acc\\. +\\S+ ± +\\S+ +\\[`, "m"));
    expectScored(
      samples(output, name).filter(({ pattern }) => pattern !== "ensemble"),
      2 * ROWS[name as keyof typeof ROWS],
    );
    for (const pattern of ["p0", "p1", "ensemble"])
      expect(csv(output)).toContainEqual(expect.stringContaining(`glm-tiny,glm,${name},${pattern},accuracy`));
  });

  it("run on a model for another language", async () => {
    const args = ["run", file("sentiment-zh/task.yaml"), "--model", CHINESE, "--output", "chinese"];
    expect(expectDone(await run(args))).toMatch(/^sentiment-zh +Acc\. .* 24$/m);
    expectScored(samples("chinese", "sentiment-zh"), 24);
    expect(csv("chinese")[1]).toContain(",sentiment-zh,p0,accuracy,");
  });
});
