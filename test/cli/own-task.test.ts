import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectDone, expectRefused, jsonLines, workspace } from "./command.js";

const { path, run } = workspace();
const readJson = <T>(name: string): T => JSON.parse(readFileSync(path(name), "utf8")) as T;

writeFileSync(
  path("weather.yaml"),
  `task: weather
title: Is the weather fine?
data:
  validation: weather.csv
  train: weather-train.tsv
label: fine
labels: [no, yes]
metrics: [accuracy]
patterns:
  - id: p0
    text: "{{ text | shorten }} Is it fine? [MASK]."
    verbalizer: { no: [No, Never], yes: [Yes, "Of course"] }
  - id: p1
    text: "{{ text | shorten }} The weather is [MASK]."
    verbalizer: { no: bad, yes: good }
`,
);
writeFileSync(
  path("weather.csv"),
  'text,fine\n"The sun shines, all day.",yes\nIt rains again.,no\nNot a cloud to be seen.,yes\nA storm is near.,no\n',
);
writeFileSync(
  path("weather-train.tsv"),
  "text\tfine\nHail and thunder.\tno\nA warm wind.\tyes\nBlue sky.\tyes\nFog and cold.\tno\nSnow.\tno\n",
);
writeFileSync(
  path("facts.yaml"),
  `task: facts
title: Capitals
data: { validation: facts.json }
label: capital
metrics: [exact_match]
patterns:
  - id: p0
    text: "The capital of {{ country }} is [MASK]."
    answers_from: towns
`,
);
writeFileSync(
  path("facts.json"),
  JSON.stringify([
    { country: "France", capital: "Paris", towns: ["Lyon", "Paris", "Nice"] },
    { country: "Italy", capital: "Rome", towns: ["Rome", "Turin"] },
  ]),
);

interface Sample {
  readonly id: string;
  readonly pattern: string;
  readonly text: string;
  readonly predicted: string;
  readonly label?: string;
  readonly gold?: string[];
  readonly fewshot?: string[];
  readonly shots_dropped?: number;
  readonly cut: number;
  readonly answers: { answer: string; score: number; token_log_probs: number[]; token_ids: number[] }[];
  readonly label_scores: { label: string; score: number }[];
}
interface Results {
  readonly tasks: (Record<string, unknown> & { metrics: { metric: string; value: number; n: number }[] })[];
}
const samples = (folder: string, task: string) =>
  jsonLines<Sample>(readFileSync(path(folder, "samples", `${task}.jsonl`), "utf8"));

describe("a custom task", () => {
  it("combines a label's words as set by the task or the command", async () => {
    for (const [aggregate, of] of [
      ["mean", (s: number[]) => (s[0]! + s[1]!) / 2],
      ["max", (s: number[]) => Math.max(...s)],
      ["sum", (s: number[]) => Math.log(Math.exp(s[0]!) + Math.exp(s[1]!))],
    ] as const) {
      const folder = `aggregate-${aggregate}`;
      const args = aggregate === "mean" ? [] : ["--aggregate", aggregate];
      expectDone(await run(["run", "weather.yaml", "--output", folder, ...args]));
      expect(readJson<Results>(`${folder}/results.json`).tasks[0]).toMatchObject({ aggregate, examples: 4 });
      for (const { answers, label_scores, predicted } of samples(folder, "weather")) {
        const scores = answers.map(({ score }) => score);
        const labels = [of(scores.slice(0, 2)), of(scores.slice(2))];
        expect(label_scores.map(({ label }) => label)).toEqual(["no", "yes"]);
        for (const [k, { score }] of label_scores.entries()) expect(score).toBeCloseTo(labels[k]!, 9);
        expect(predicted).toBe(labels[0]! >= labels[1]! ? "no" : "yes");
      }
    }
    expect(readJson<{ conventions: object }>("aggregate-max/run.json").conventions).toMatchObject({
      aggregate: "max",
    });
  });

  it("adds its prior to the labels' scores", async () => {
    const text = readFileSync(path("weather.yaml"), "utf8");
    writeFileSync(path("prior.yaml"), text.replace("labels:", "prior: { no: 0.2, yes: 0.8 }\nlabels:"));
    const stdout = expectDone(await run(["run", "prior.yaml", "--patterns", "all", "--output", "prior"]));
    expect(stdout).toMatch(/^Label prior: weather no 0\.2 yes 0\.8\.$/m);
    const prior = [
      { label: "no", probability: 0.2 },
      { label: "yes", probability: 0.8 },
    ];
    expect(readJson<Results>("prior/results.json").tasks.map((task) => task.prior)).toEqual([
      prior,
      prior,
      prior,
    ]);
    for (const { answers, label_scores } of samples("prior", "weather").slice(4)) {
      expect(label_scores[0]!.score).toBeCloseTo(answers[0]!.score + Math.log(0.2), 9);
      expect(label_scores[1]!.score).toBeCloseTo(answers[1]!.score + Math.log(0.8), 9);
    }
  });

  it("is judged by its texts if it has no labels", async () => {
    const stdout = expectDone(await run(["run", "facts.yaml", "--output", "facts-run"]));
    // The data is the task's own, although no folder is given.
    expect(stdout).not.toMatch(/^Data: the sample/m);
    expect(stdout).toMatch(/^facts +EM /m);
    const right = samples("facts-run", "facts").filter(({ predicted, gold }) => gold![0] === predicted);
    const [task] = readJson<Results>("facts-run/results.json").tasks;
    expect(task!.metrics[0]).toMatchObject({ metric: "exact_match", value: right.length / 2 });
  });

  it("puts few-shot examples before the question, and scores it like any other text", async () => {
    const args = ["run", "weather.yaml", "--patterns", "p1", "--num_fewshot", "2"];
    const stdout = expectDone(await run([...args, "--output", "few"]));
    expect(stdout).toMatch(/^Few-shot examples per question: weather 2\.$/m);
    const few = samples("few", "weather");
    const train = readFileSync(path("weather-train.tsv"), "utf8").trim().split("\n").slice(1);
    for (const { text, fewshot } of few) {
      const expected = fewshot!.map((id) => {
        const [shown, fine] = train[Number(id)]!.split("\t");
        return `${shown} The weather is ${fine === "yes" ? "good" : "bad"}.\n\n`;
      });
      expect(text.startsWith(expected.join(""))).toBe(true);
    }
    const lines = few.map(({ id, text, answers }) =>
      JSON.stringify({ id, text, answers: answers.map(({ answer }) => answer.trim()) }),
    );
    const scored = jsonLines<{ answers: { token_ids: number[]; token_log_probs: number[] }[] }>(
      expectDone(await run(["score", "--input", "-"], { input: `${lines.join("\n")}\n` })),
    );
    for (const [k, { answers }] of few.entries())
      for (const [n, { token_ids, token_log_probs }] of answers.entries()) {
        const typed = scored[k]!.answers[n]!;
        expect(typed.token_ids).toEqual(token_ids);
        for (const [t, value] of token_log_probs.entries())
          expect(Math.abs(value - typed.token_log_probs[t]!)).toBeLessThan(1e-4);
      }

    const record = readJson<{ data: { fewshot: object; files: { split: string; examples: number }[] } }>(
      "few/run.json",
    );
    expect(record.data.fewshot).toEqual({ count: 2, seed: 0, balanced: false });
    expect(record.data.files.map(({ split, examples }) => [split, examples])).toEqual([
      ["validation", 4],
      ["train", 5],
    ]);
    // The few-shot examples depend neither on the limit nor on the other questions.
    expectDone(await run([...args, "--limit", "2", "--output", "few-limited"]));
    expect(samples("few-limited", "weather")).toEqual(few.slice(0, 2));
    expectDone(await run([...args, "--fewshot-seed", "1", "--output", "few-seed"]));
    expect(samples("few-seed", "weather").map(({ fewshot }) => fewshot)).not.toEqual(
      few.map(({ fewshot }) => fewshot),
    );
  });

  it("drops complete shots before it cuts a text", async () => {
    const args = [
      "run",
      "weather.yaml",
      "--patterns",
      "p1",
      "-f",
      "4",
      "--fewshot-balanced",
      "--max-length",
      "36",
    ];
    const stdout = expectDone(await run([...args, "--output", "tight"]));
    expect(stdout).toMatch(
      /^Few-shot examples per question: weather at most \d+ \(fewer for 4 of 4, to fit\)\.$/m,
    );
    expect(readJson<Results>("tight/results.json").tasks[0]).toMatchObject({
      fewshot: 4,
      shots_dropped: 4,
      truncated: 0,
    });
    for (const { shots_dropped, cut, text } of samples("tight", "weather")) {
      expect(shots_dropped).toBeGreaterThan(0);
      // Each few-shot example that is left ends with a separator.
      expect(text.split("\n\n")).toHaveLength(1 + 4 - shots_dropped!);
      expect(cut).toBe(0);
    }
  });

  it("reports its patterns in one row, with their ensemble", async () => {
    const stdout = expectDone(await run(["run", "weather.yaml", "--patterns", "all", "--output", "all"]));
    expect(stdout).toMatch(/^Task +Metric +Mean ± sd +\[worst, best\] +Ensemble +95% CI/m);
    const { tasks } = readJson<Results & { tasks: { pattern: string; kind?: string }[] }>("all/results.json");
    expect(tasks.map(({ pattern, kind }) => [pattern, kind])).toEqual([
      ["p0", undefined],
      ["p1", undefined],
      ["ensemble", "ensemble"],
    ]);
    const of = (pattern: string) => samples("all", "weather").filter((one) => one.pattern === pattern);
    const right = of("p0").filter(({ label, label_scores: first }, k) => {
      const second = of("p1")[k]!.label_scores;
      return (
        label === (first[0]!.score + second[0]!.score >= first[1]!.score + second[1]!.score ? "no" : "yes")
      );
    });
    expect(tasks[2]!.metrics[0]!.value).toBe(right.length / 4);
    expect(readJson<{ spreads: object[] }>("all/results.json").spreads).toMatchObject([
      { task: "weather", metric: "accuracy", patterns: 2 },
    ]);
  });

  it("contributes to a suite's score if each task ran with one pattern", async () => {
    writeFileSync(
      path("mine.yaml"),
      "suite: mine\ntitle: My two\ntasks: [weather.yaml, ./facts.yaml]\naverage: { weight: examples }\n",
    );
    const stdout = expectDone(await run(["run", "mine.yaml", "--output", "suite"]));
    const results = readJson<Results & { suites: object[] }>("suite/results.json");
    const values = results.tasks.map(({ metrics }) => metrics[0]!.value);
    const score = (4 * values[0]! + 2 * values[1]!) / 6;
    expect(results.suites).toEqual([{ name: "mine", title: "My two", score: expect.closeTo(score, 12) }]);
    expect(stdout).toMatch(new RegExp(`^My two +score +${(100 * score).toFixed(1)}`, "m"));
    const csv = readFileSync(path("suite/results.csv"), "utf8").trim().split("\r\n");
    expect(csv.at(-1)).toMatch(/^glm-tiny,glm,mine,,score,/);
    expect(readJson<{ suites: object[] }>("suite/run.json").suites).toMatchObject([{ name: "mine" }]);

    const none = expectDone(
      await run(["run", "mine.yaml", "weather.yaml", "--patterns", "p0,p0", "--split", "train"]),
    );
    expect(none).toMatch(/^No My two score: it needs all of its tasks, each with one pattern\.$/m);
  });

  it("must have enough few-shot examples", async () => {
    const rejected = await run(["run", "weather.yaml", "--num-fewshot", "6", "--output", "none"]);
    expect(rejected.stderr).toContain(
      "6 few-shot examples were requested for example 0, but only 5 are usable",
    );
    expect(rejected.code).toBe(3);
    for (const [flag, ...value] of [["--fewshot-balanced"], ["--fewshot-seed", "1"]])
      expectRefused(await run(["run", "weather.yaml", flag!, ...value]), 2, `${flag} has no effect`);
    const none = await run(["run", "facts.yaml", "-f", "1", "--output", "none-2"]);
    expect(none.stderr).toContain("task facts has no fewshot or train file");
    expect(none.code).toBe(3);
    expectRefused(
      await run(["run", "weather.yaml", "-f", "-1"]),
      2,
      "--num-fewshot: found -1; expected a whole number of at least 0",
    );
  });
});
