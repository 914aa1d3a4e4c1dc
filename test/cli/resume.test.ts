import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../src/metrics/prng.js";
import { expectDone, expectRefused, jsonLines, workspace } from "./command.js";

const { path, run, start } = workspace();
const GPT2 = fileURLToPath(new URL("../fixtures/exports/gpt2", import.meta.url));
const data = fileURLToPath(new URL("../../data/superglue-sample", import.meta.url));
const ARGS = [
  "superglue",
  "--tasks",
  "copa,rte,cb",
  "--limit",
  "20",
  "--max-batch-tokens",
  "200",
  "--threads",
  "1",
];
const BASELINE = ["--baseline", GPT2];

/** The files that a run produces, byte for byte. */
function readOutcome(folder: string): Record<string, string> {
  const samples = readdirSync(path(folder, "samples")).map((name) => `samples/${name}`);
  const names = ["results.json", "results.csv", ...samples.sort()];
  return Object.fromEntries(names.map((name) => [name, readFileSync(path(folder, name), "utf8")]));
}

const readJournal = (folder: string) => jsonLines<{ model: string; id: string }>(readCompleteLines(folder));
function readCompleteLines(folder: string): string {
  if (!existsSync(path(folder, "journal.jsonl"))) return "";
  const text = readFileSync(path(folder, "journal.jsonl"), "utf8");
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

/** Copies only the converted models: the other runs must score what the uninterrupted run scored. */
const env = { GLM_EVAL_CACHE: path("cache") };

beforeAll(async () => {
  expectDone(await run([...ARGS, ...BASELINE, "--output", "complete"]));
  cpSync(path(".home/cache"), path("cache"), { recursive: true });
  rmSync(path("cache/scores"), { recursive: true });
});

describe("a run that is killed", () => {
  it("resumes with --resume, and gives byte-identical results", async () => {
    const random = seeded(20);
    const args = () => [
      ...[...ARGS, ...BASELINE, "--output", "killed"],
      // Killed before it wrote anything: not a run yet.
      ...(existsSync(path("killed/run.json")) ? ["--resume"] : []),
    ];
    const sizeOf = (folder: string): number => {
      const file = path(folder, "journal.jsonl");
      return existsSync(file) ? statSync(file).size : 0;
    };
    // Once before anything is scored, then anywhere in the journal.
    const shares = [0, ...Array.from({ length: 4 }, () => (random() % 1000) / 1000).sort()];
    let kills = 0;
    for (const share of shares) {
      const target = share * sizeOf("complete");
      const { child, finished } = start(args(), { env });
      const started = Date.now();
      const delay = random() % 30;
      const watch = setInterval(() => {
        const isThere = share === 0 ? Date.now() - started > 200 + 10 * delay : sizeOf("killed") > target;
        if (isThere) setTimeout(() => child.kill("SIGKILL"), delay);
      }, 2);
      const { code } = await finished;
      clearInterval(watch);
      if (code === null) kills++;
      else expect(code).toBe(0);
    }
    expect(kills).toBeGreaterThan(2);
    expectDone(await run(args(), { env }));
    expect(readOutcome("killed")).toEqual(readOutcome("complete"));
    expect(
      readJournal("killed")
        .map(({ model, id }) => `${model} ${id}`)
        .sort(),
    ).toEqual(
      readJournal("complete")
        .map(({ model, id }) => `${model} ${id}`)
        .sort(),
    );
  });

  it("scores nothing again", async () => {
    cpSync(path("complete"), path("again"), { recursive: true });
    const outcome = await run([...ARGS, ...BASELINE, "--output", "again", "--resume"]);
    expectDone(outcome);
    expect(outcome.stderr).toContain("resuming a run: 120 questions already scored");
    expect(readFileSync(path("again/journal.jsonl"), "utf8")).toBe(
      readFileSync(path("complete/journal.jsonl"), "utf8"),
    );
    expect(readOutcome("again")).toEqual(readOutcome("complete"));
  });
});

describe("a run does not resume", () => {
  const OWN = ["run", "own/task.yaml", "--limit", "3", "--output", "mine"];
  beforeAll(async () => {
    mkdirSync(path("own"));
    cpSync(`${data}/COPA/val.jsonl`, path("own/val.jsonl"));
    const yaml = readFileSync(
      fileURLToPath(new URL("../../src/tasks/superglue/copa.yaml", import.meta.url)),
      "utf8",
    );
    writeFileSync(path("own/task.yaml"), yaml.replace("COPA/val.jsonl", "val.jsonl"));
    expectDone(await run(OWN));
  });

  it.each<[string, string[], string[]]>([
    ["another limit", ["--limit", "4"], ["data.limit", "found 4; expected 3"]],
    ["another convention", ["--end-of-piece", "no"], ["end_of_piece", 'found "no"; expected "auto"']],
    ["other batches", ["--max-batch-tokens", "99"], ["max_batch_tokens", "found 99; expected 512"]],
    ["other patterns", ["--patterns", "p1"], ["patterns", "p1"]],
  ])("with %s", async (_, change, parts) => {
    const flags =
      change[0] === "--limit" ? OWN.map((word) => (word === "3" ? "4" : word)) : [...OWN, ...change];
    const before = readFileSync(path("mine/journal.jsonl"));
    expectRefused(await run([...flags, "--resume"]), 2, "the run in mine cannot be resumed", ...parts);
    expect(readFileSync(path("mine/journal.jsonl"))).toEqual(before);
  });

  it("with another model", async () => {
    expectRefused(await run([...OWN, "--model", GPT2, "--resume"]), 2, "cannot be resumed", "glm-tiny");
  });

  it("with a changed task file or changed data", async () => {
    const [yaml, rows] = [readFileSync(path("own/task.yaml")), readFileSync(path("own/val.jsonl"))];
    writeFileSync(path("own/task.yaml"), `${yaml}# a comment\n`);
    expectRefused(await run([...OWN, "--resume"]), 3, "cannot be resumed", "sha256");
    writeFileSync(path("own/task.yaml"), yaml);
    writeFileSync(path("own/val.jsonl"), `${rows}\n`);
    expectRefused(await run([...OWN, "--resume"]), 3, "cannot be resumed", "sha256");
    writeFileSync(path("own/val.jsonl"), rows);
    expectDone(await run([...OWN, "--resume"]));
  });

  it("with another version of the program", async () => {
    const record = readFileSync(path("mine/run.json"), "utf8");
    writeFileSync(path("mine/run.json"), record.replace(/"glm_eval": "[^"]+"/, '"glm_eval": "0.0.1"'));
    expectRefused(await run([...OWN, "--resume"]), 3, "glm_eval", "Use glm-eval 0.0.1");
    writeFileSync(path("mine/run.json"), record);
  });

  it("if its record has another version, or a process is writing to it", async () => {
    const record = readFileSync(path("mine/run.json"), "utf8");
    writeFileSync(path("mine/run.json"), record.replace('"schema": 3', '"schema": 2'));
    expectRefused(
      await run([...OWN, "--resume"]),
      3,
      /glm-eval \S+ recorded the run in version 2 of the record; this glm-eval reads version 3/,
    );
    writeFileSync(path("mine/run.json"), record);
    const lock = { pid: process.ppid, host: hostname() };
    writeFileSync(path("mine/run.lock"), JSON.stringify(lock));
    expectRefused(
      await run([...OWN, "--resume"]),
      2,
      `the run in mine is still in progress (process ${process.ppid})`,
    );
    // A killed process leaves no lock.
    writeFileSync(path("mine/run.lock"), JSON.stringify({ ...lock, pid: 2 ** 22 + 1 }));
    expectDone(await run([...OWN, "--resume"]));
    expect(existsSync(path("mine/run.lock"))).toBe(false);
  });

  it("if there is none, or none is given", async () => {
    const flags = ["superglue", "--tasks", "copa", "--resume"];
    expectRefused(await run([...flags, "--output", "nowhere"]), 2, "no run to resume in nowhere");
    expectRefused(await run(flags), 2, "--resume needs the folder of a run");
  });
});
