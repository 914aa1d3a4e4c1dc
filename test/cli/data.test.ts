import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expectDone, expectRefused, jsonLines, workspace } from "./command.js";

const { path, run } = workspace();
const sample = fileURLToPath(new URL("../../data/superglue-sample", import.meta.url));

interface Task {
  readonly task: string;
  readonly status: string;
  readonly message?: string;
  readonly examples: number;
}
const readTasks = (folder: string): Task[] =>
  JSON.parse(readFileSync(path(folder, "results.json"), "utf8")).tasks;

/** Creates a data folder with some sets of the sample. */
function dataFolder(name: string, ...sets: string[]): string {
  for (const set of sets) cpSync(`${sample}/${set}`, path(name, set), { recursive: true });
  return path(name);
}

describe("data that is missing or broken", () => {
  it("missing files are listed, a broken one fails its task, and the others finish: exit code 5", async () => {
    const data = dataFolder("some", "COPA", "RTE", "CB");
    const rte = path("some/RTE/val.jsonl");
    const lines = readFileSync(rte, "utf8").split("\n");
    lines[1] = lines[1]!.slice(0, 20);
    writeFileSync(rte, lines.join("\n"));

    const outcome = await run(["superglue", "--data", data, "--limit", "3", "-o", "some-run"]);
    expect(outcome.code).toBe(5);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(outcome.stderr).toMatch(/^boolq: missing: .*BoolQ\/val\.jsonl/m);
    expect(outcome.stderr).toMatch(/rte: failed: .*RTE\/val\.jsonl:2: the line is not JSON/);
    const tasks = readTasks("some-run");
    expect(tasks.map(({ task, status }) => `${task} ${status}`)).toEqual([
      "boolq missing",
      "cb done",
      "copa done",
      "multirc missing",
      "record missing",
      "rte failed",
      "wic missing",
      "wsc missing",
    ]);
    expect(tasks.find(({ task }) => task === "rte")!.message).toContain("val.jsonl:2");
    expect(outcome.stdout).toMatch(/^COPA +Acc\. +\d/m);
    expect(outcome.stdout).toMatch(/^MultiRC +– no file: .*MultiRC\/val\.jsonl/m);
    expect(outcome.stdout).toMatch(/^RTE +.*val\.jsonl:2/m);
    expect(outcome.stdout).not.toMatch(/^SuperGLUE/m);
    const csv = readFileSync(path("some-run/results.csv"), "utf8");
    expect(csv).toMatch(/^[^\n]*,rte,p0,,[^\n]*,failed,[^\n]*val\.jsonl:2/m);
    expect(csv).toMatch(/^[^\n]*,wic,p1,,[^\n]*,missing,/m);
    expect(jsonLines(readFileSync(path("some-run/journal.jsonl"), "utf8"))).toHaveLength(6);
  });

  it("some missing files: exit code 0", async () => {
    const data = dataFolder("one", "COPA");
    const outcome = await run(["superglue", "--data", data, "--limit", "2", "-o", "one-run"]);
    expectDone(outcome);
    expect(
      readTasks("one-run")
        .filter(({ status }) => status === "done")
        .map(({ task }) => task),
    ).toEqual(["copa"]);
  });

  it("only broken files: exit code 3", async () => {
    mkdirSync(path("broken/CB"), { recursive: true });
    writeFileSync(
      path("broken/CB/val.jsonl"),
      '{"premise": "a", "hypothesis": "b", "label": "entailmant", "idx": 0}\n',
    );
    const outcome = await run(["run", "cb", "--data", "broken", "-o", "broken-run"]);
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toMatch(
      /cb: failed: .*val\.jsonl:1: found label "entailmant".*Did you mean "entailment"/,
    );
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });

  it("no file of any task: exit code 3, and nothing is started", async () => {
    mkdirSync(path("empty"));
    const args = ["superglue", "--model", "./no-such-model", "-o", "empty-run"];
    expectRefused(
      await run([...args, "--data", "empty"]),
      3,
      `found no data for these tasks: neither in ${path("empty")} nor next to the task files`,
      "BoolQ/val.jsonl, CB/val.jsonl",
      '"glm-eval data pull superglue" downloads',
    );
    expectRefused(await run([...args, "--data", "nowhere"]), 3, `no such data folder: ${path("nowhere")}`);
    expectRefused(await run([...args, "--split", "test"]), 3, "BoolQ/test.jsonl");
  });
});

describe("a custom task", () => {
  const task = (text: string): string => {
    mkdirSync(path("own"), { recursive: true });
    const yaml = [
      "task: own",
      "title: A task of my own",
      "data: { reader: jsonl, validation: own.jsonl }",
      "label: label",
      'labels: ["0", "1"]',
      "metrics: [accuracy]",
      "patterns:",
      "  - id: p0",
      `    text: "${text}"`,
      '    verbalizer: { "0": "No", "1": "Yes" }',
    ].join("\n");
    writeFileSync(path("own/task.yaml"), yaml);
    const rows = [
      { sentence: "The sky is blue", label: 1 },
      { sentence: "word ".repeat(300), label: 0 },
    ];
    writeFileSync(path("own/own.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
    return path("own/task.yaml");
  };

  it("cuts a text that is too long, if allowed", async () => {
    const outcome = await run(["run", task("{{ sentence | shorten }}? [MASK]."), "-o", "own-cut"]);
    expect(expectDone(outcome)).toContain("Texts truncated to fit: own 1 of 2");
    expect(readTasks("own-cut")).toMatchObject([{ task: "own", status: "done", examples: 2 }]);
  });

  it("fails on a text that must not be cut, and names the example", async () => {
    const outcome = await run(["run", task("{{ sentence }}? [MASK]."), "-o", "own-long"]);
    expect(outcome.code).toBe(5);
    expect(outcome.stderr).toMatch(
      /own: failed: own\/p0\/\S+: text and answer have 3\d\d tokens; at most 256 fit/,
    );
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });

  it("must not have the name of another: both are reported, exit code 2", async () => {
    const file = task("{{ sentence | shorten }}? [MASK].");
    cpSync(path("own"), path("other"), { recursive: true });
    expectRefused(
      await run(["run", file, path("other/task.yaml")]),
      2,
      "two tasks are named own",
      path("other/task.yaml"),
    );
  });

  it("with errors is rejected before a model is loaded: the first error, and how to see the others", async () => {
    const args = ["run", task("{{ sentense }} {{ sentens }} [MASK]"), "--model", "./no-such-model"];
    const outcome = await run([...args, "-o", "own-broken"]);
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toMatch(
      /^own: failed: .*task\.yaml:9:15: pattern p0: the data has no column "sentense"/m,
    );
    expect(outcome.stderr).toMatch(/and 1 more: run glm-eval tasks validate \S+task\.yaml/);
    expect(outcome.stderr).toMatch(/^glm-eval: none of the tasks can run$/m);
    expect(existsSync(path("own-broken"))).toBe(false);
  });

  it("names an example that cannot be scored, before anything is scored", async () => {
    const file = task("{{ sentence }} {{ label.deep }} [MASK]");
    const outcome = await run(["run", file, "--model", "./no-such-model", "-o", "own-example"]);
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toMatch(/there is no label\.deep \(example 0\)/);
  });

  it("suggests the nearest column for a missing one: exit code 3", async () => {
    const outcome = await run(["run", task("{{ sentense | shorten }}? [MASK]."), "-o", "own-column"]);
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toMatch(/task\.yaml:9:\d+.*sentense.*Did you mean.*sentence/is);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });
});
