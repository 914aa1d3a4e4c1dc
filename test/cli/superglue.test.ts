import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Papa from "papaparse";
import { beforeAll, describe, expect, it } from "vitest";
import { expectDone, jsonLines, type Outcome, workspace } from "./command.js";

const { path, run } = workspace();
const data = fileURLToPath(new URL("../../data/", import.meta.url));
const TASKS = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc"];

interface Results {
  readonly tasks: readonly {
    task: string;
    pattern: string;
    status: string;
    examples: number;
    truncated: number;
    ties: number;
    end_of_piece: boolean;
    metrics: { metric: string; value: number; low: number; high: number; constant: number | null }[];
  }[];
  readonly suites: readonly { name: string; title: string; score: number | null }[];
  readonly sample_data: boolean;
  readonly model: string;
  readonly split: string;
}

interface Sample {
  readonly id: string;
  readonly pattern: string;
  readonly predicted: string;
  readonly label?: string;
  readonly cut: number;
  readonly answers: { score: number; token_log_probs: number[]; closing: { log_probs: number[] } }[];
}

const read = (...names: string[]): string => readFileSync(path(...names), "utf8");
const readJson = <T>(...names: string[]): T => JSON.parse(read(...names)) as T;
const csv = (...names: string[]) =>
  Papa.parse<Record<string, string>>(read(...names), { header: true, skipEmptyLines: true }).data;
const percent = (value: number): string => (value * 100).toFixed(1);
const sha256 = (content: Buffer | string): string => createHash("sha256").update(content).digest("hex");

describe("superglue --limit 4 on the bundled model and data", () => {
  let outcome: Outcome;
  let results: Results;
  beforeAll(async () => {
    outcome = await run(["superglue", "--limit", "4", "--output", "runs/first"]);
    results = readJson("runs/first/results.json");
  });

  it("prints only the table to stdout", () => {
    const stdout = expectDone(outcome);
    expect(stdout).toMatch(/^glm-tiny: protocol glm, validation split/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test checks that there are none
    expect(stdout + outcome.stderr).not.toMatch(/[\u001b\r]/);
    expect(outcome.stderr).toMatch(/results written to runs\/first\/\n$/);
    for (const task of TASKS)
      expect(outcome.stderr).toMatch(new RegExp(`^${task}: 4 examples, pattern p\\d$`, "m"));
  });

  it("writes exactly the files of a run", () => {
    expect(readdirSync(path("runs/first")).sort()).toEqual([
      "journal.jsonl",
      "questions",
      "results.csv",
      "results.json",
      "run.json",
      "samples",
    ]);
    for (const lines of ["questions", "samples"])
      expect(readdirSync(path("runs/first", lines)).sort()).toEqual(TASKS.map((task) => `${task}.jsonl`));
  });

  it("results.json has all eight tasks and their mean", () => {
    expect(results.tasks.map(({ task }) => task)).toEqual(TASKS);
    expect(results.tasks.every(({ status, examples }) => status === "done" && examples === 4)).toBe(true);
    expect(results).toMatchObject({ model: "glm-tiny", split: "validation", sample_data: true });
    const means = results.tasks.map(
      ({ metrics }) => metrics.reduce((sum, { value }) => sum + value, 0) / metrics.length,
    );
    expect(results.suites).toMatchObject([{ name: "superglue", title: "SuperGLUE" }]);
    expect(results.suites[0]!.score).toBeCloseTo(means.reduce((a, b) => a + b, 0) / 8, 10);
  });

  it("the table agrees with results.json", () => {
    const lines = outcome.stdout.split("\n");
    const titles = ["BoolQ", "CB", "COPA", "MultiRC", "ReCoRD", "RTE", "WiC", "WSC"];
    results.tasks.forEach(({ metrics, examples }, k) => {
      const rows = lines.filter((line) => line.startsWith(`${titles[k]} `)).slice(0, metrics.length);
      expect(rows).toHaveLength(metrics.length);
      metrics.forEach(({ value, low, high, constant }, m) => {
        const cells = rows[m]!.split(/ {2,}/);
        expect(cells).toContain(percent(value));
        expect(cells).toContain(`[${percent(low)}, ${percent(high)}]`);
        expect(cells).toContain(constant === null ? "–" : percent(constant));
        expect(cells.at(-1)).toBe(String(examples));
      });
    });
    expect(outcome.stdout).toMatch(
      new RegExp(`^SuperGLUE +score +${percent(results.suites[0]!.score!)} `, "m"),
    );
    expect(outcome.stdout).toMatch(/BERT-Large +T5-Large/);
    expect(outcome.stdout).toMatch(/^Model: .*small model/m);
    expect(outcome.stdout).toMatch(/^Data: .*sample/m);
    expect(outcome.stdout).toMatch(/^Patterns: BoolQ p4, CB p3, COPA p0/m);
  });

  it("results.csv agrees with results.json", () => {
    const rows = csv("runs/first/results.csv");
    const expected = results.tasks.flatMap(({ task, metrics, ...of }) =>
      metrics.map((metric) => ({ task, of, ...metric })),
    );
    expect(rows.slice(0, -1).map(({ task, metric }) => [task, metric])).toEqual(
      expected.map(({ task, metric }) => [task, metric]),
    );
    expected.forEach(({ value, low, high, constant, of }, k) => {
      const row = rows[k]!;
      expect([row.value, row.ci_low, row.ci_high].map(Number)).toEqual([value, low, high]);
      expect(row.majority).toBe(constant === null ? "" : String(constant));
      expect(row).toMatchObject({
        model: "glm-tiny",
        protocol: "glm",
        pattern: of.pattern,
        n: String(of.examples),
        ties: String(of.ties),
        truncated: String(of.truncated),
        end_of_piece: String(of.end_of_piece),
        status: "done",
        split: "validation",
        sample_data: "true",
      });
    });
    expect(rows.at(-1)).toMatchObject({ task: "superglue", metric: "score" });
    expect(Number(rows.at(-1)!.value)).toBe(results.suites[0]!.score);
  });

  it("journal.jsonl has one line per question, and the samples give the metrics", () => {
    const journal = jsonLines<{ id: string; cut: number; answers: { token_log_probs: number[] }[] }>(
      read("runs/first/journal.jsonl"),
    );
    expect(journal).toHaveLength(results.tasks.reduce((sum, { examples }) => sum + examples, 0));
    expect(new Set(journal.map(({ id }) => id)).size).toBe(journal.length);
    for (const { task, pattern, examples, truncated, end_of_piece, metrics } of results.tasks) {
      const samples = jsonLines<Sample>(read("runs/first/samples", `${task}.jsonl`));
      expect(samples).toHaveLength(examples);
      expect(samples.filter(({ cut }) => cut > 0)).toHaveLength(truncated);
      const accuracy = metrics.find(({ metric }) => metric === "accuracy");
      const right = samples.filter(({ predicted, label }) => predicted === label).length;
      if (accuracy) expect(accuracy.value).toBeCloseTo(right / examples, 10);
      for (const sample of samples) {
        const entry = journal.find(({ id }) => id === `${task}/${pattern}/${sample.id}`)!;
        expect(sample.answers.map((a) => a.token_log_probs)).toEqual(
          entry.answers.map((a) => a.token_log_probs),
        );
        if (task === "wsc") continue;
        for (const answer of sample.answers) {
          const terms = [...answer.token_log_probs, ...(end_of_piece ? answer.closing.log_probs : [])];
          expect(answer.score).toBeCloseTo(
            terms.reduce((a, b) => a + b, 0),
            8,
          );
        }
      }
    }
  });

  it("run.json records model, data and questions, with hashes and conventions", () => {
    const record = readJson<{
      models: object[];
      data: { files: { task: string; file: string; sha256: string; examples: number }[] };
      tasks: { name: string; file: string; sha256: string }[];
    }>("runs/first/run.json");
    expect(record).toMatchObject({
      schema: 3,
      command: ["glm-eval", "superglue", "--limit", "4", "--output", "runs/first"],
      interrupted: false,
      conventions: { protocol: "glm", end_of_piece: "auto", normalization: "auto", truncation: "glm" },
      plan: { max_batch_tokens: 512 },
      data: { split: "validation", limit: 4 },
    });
    // The sha256 of the checkpoint is computed over those of its files.
    const weights = sha256(sha256(readFileSync(`${data}models/glm-tiny/model.safetensors`)));
    expect(record.models[0]).toMatchObject({
      source: "folder",
      device: "cpu",
      dtype: "fp32",
      weights_sha256: weights,
    });
    expect(record.tasks.map(({ name }) => name)).toEqual(TASKS);
    for (const { file, sha256: found } of [...record.tasks, ...record.data.files])
      expect(found).toBe(sha256(readFileSync(file)));
    expect(record.data.files.map(({ task, examples }) => [task, examples])).toEqual(
      TASKS.map((task) => [task, 4]),
    );
  });
});

describe("options of a run", () => {
  it("--tasks, --patterns all, --json and lm-eval's spellings", async () => {
    const flags = ["--tasks", "copa,rte", "--patterns", "all", "--json", "--limit=2"];
    const outcome = await run([
      "superglue",
      ...flags,
      "--output_path=lm",
      "--log_samples",
      "--batch_size",
      "4",
    ]);
    const stdout = expectDone(outcome);
    expect(stdout).toBe(read("lm/results.json"));
    const results = JSON.parse(stdout) as Results;
    const reported = results.tasks.map(({ task, pattern, examples }) => `${task} ${pattern} ${examples}`);
    expect(reported).toEqual([
      ...["copa p0 2", "copa p1 2", "copa p2 2", "copa ensemble 2"],
      ...["rte p0 2", "rte p1 2", "rte p2 2", "rte p3 2", "rte p4 2", "rte ensemble 2"],
    ]);
    expect(results.suites).toEqual([]);
    const lines = csv("lm/results.csv").filter(({ kind }) => ["pattern", "ensemble"].includes(kind!));
    expect(lines.map(({ task, pattern }) => `${task} ${pattern}`)).toEqual(
      reported.map((name) => name.slice(0, -2)),
    );
    expect(jsonLines<Sample>(read("lm/samples/copa.jsonl")).map(({ pattern }) => pattern)).toEqual([
      "p0",
      "p0",
      "p1",
      "p1",
      "p2",
      "p2",
    ]);
    expect(readJson<{ plan: object }>("lm/run.json").plan).toEqual({ max_batch_tokens: null, max_rows: 4 });
  });

  it("--diagnostics adds AX-b and AX-g, which are not part of the score; --published none shows none", async () => {
    const flags = [
      "--tasks",
      "cb",
      "--diagnostics",
      "--limit",
      "4",
      "--published",
      "none",
      "-o",
      "diagnostics",
    ];
    const stdout = expectDone(await run(["superglue", ...flags]));
    expect(stdout).toMatch(/^AX-b +MCC/m);
    expect(stdout).toMatch(/^AX-g +Acc/m);
    expect(stdout).not.toMatch(/BERT-Large|SuperGLUE +score/);
    const { tasks } = readJson<Results>("diagnostics/results.json");
    expect(tasks.map(({ task }) => task)).toEqual(["cb", "axb", "axg"]);
    expect(csv("diagnostics/results.csv")[0]).not.toHaveProperty("bert-large");
  });

  it("the conventions change the scores as documented", async () => {
    const common = ["superglue", "--tasks", "copa", "--limit", "3"];
    const mean = ["--normalization", "mean", "--end_of_piece", "no", "-o", "mean"];
    expectDone(await run([...common, ...mean]));
    for (const { answers } of jsonLines<Sample>(read("mean/samples/copa.jsonl")))
      for (const { score, token_log_probs } of answers)
        expect(score).toBeCloseTo(token_log_probs.reduce((a, b) => a + b, 0) / token_log_probs.length, 10);
    expectDone(await run([...common, "--protocol", "glm-hf", "-o", "hf"]));
    expect(readJson<{ conventions: object; model: object }>("hf/run.json")).toMatchObject({
      conventions: { protocol: "glm-hf", end_of_piece: "no", normalization: "sum", truncation: "longest" },
    });
    expect(csv("hf/results.csv")[0]).toMatchObject({
      protocol: "glm-hf",
      end_of_piece: "false",
      normalization: "sum",
    });
  });

  it("texts that are too long are cut where allowed, and counted", async () => {
    const flags = ["--tasks", "multirc", "--limit", "6", "--max-length", "100", "-o", "cut"];
    const stdout = expectDone(await run(["superglue", ...flags]));
    const cut = jsonLines<Sample>(read("cut/samples/multirc.jsonl")).filter(
      (sample) => sample.cut > 0,
    ).length;
    expect(cut).toBeGreaterThan(0);
    expect(readJson<Results>("cut/results.json").tasks[0]!.truncated).toBe(cut);
    expect(csv("cut/results.csv")[0]!.truncated).toBe(String(cut));
    expect(stdout).toContain(`Texts truncated to fit: MultiRC ${cut} of 6`);
  });

  it("a run without --output gets a folder in results/", async () => {
    expectDone(await run(["run", "cb", "--limit", "2"]));
    const [folder, ...others] = readdirSync(path("results"));
    expect(others).toEqual([]);
    expect(folder).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-glm-tiny$/);
    expect(readdirSync(path("results", folder!))).toContain("results.csv");
  });
});
