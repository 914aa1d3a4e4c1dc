import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { onLinux } from "../platform.js";
import { expectDone, expectRefused, workspace } from "./command.js";

const { path, run, folder } = workspace();

describe("wrong command lines", () => {
  it.each<[string, string, string[]]>([
    [
      "no command",
      "",
      ["no command given", "superglue, run, score, judge, compare, report, published, models, tasks"],
    ],
    ["a mistyped command", "superglu", ['unknown command "superglu"', "Did you mean superglue?"]],
    ["an unknown command", "frobnicate", ['unknown command "frobnicate"', "superglue, run"]],
    ["no action", "models", ["no action given; expected list, inspect or convert"]],
    ["a mistyped action", "models inspct x", ['"inspct"', "Did you mean inspect?"]],
    ["a missing folder argument", "models inspect", ["missing argument", "glm-eval models inspect --help"]],
    ["a missing output", "models convert x", ["--output is missing"]],
    ["a missing task", "tasks list all", ['no task "all"', "boolq, cb"]],
    ["a mistyped flag", "superglue --limt 4", ["unknown flag --limt", "Did you mean --limit?"]],
    [
      "a mistyped flag in lm-eval's spelling",
      "superglue --batch_sise=8",
      ["unknown flag --batch-sise", "Did you mean --batch-size?"],
    ],
    ["an unknown flag", "score --frobnicate", ["unknown flag --frobnicate", "glm-eval score --help"]],
    ["an unknown short flag", "score -z 4", ["unknown flag -z"]],
    ["a flag without its value", "superglue --limit", ["--limit needs a value"]],
    ["a flag with an empty value", "superglue --model=", ["--model is empty"]],
    ["a flag given twice", "superglue --model a --model b", ["--model is given 2 times"]],
    ["an invalid choice", "superglue --protocol bert", ['--protocol: found "bert"', '"glm", "glm-hf"']],
    ["an invalid split", "superglue --split dev", ['--split: found "dev"', '"validation", "test", "train"']],
    ["text for a number", "superglue --limit many", ["--limit: found many; expected a whole number above 0"]],
    ["a fraction", "superglue --limit 2.5", ["--limit: found 2.5"]],
    ["zero", "superglue --threads 0", ["--threads: found 0"]],
    ["a negative number", "superglue --max-length -1", ["--max-length: found -1"]],
    ["text for a number of rows", "superglue --batch_size some", ["--batch-size: found some"]],
    ["a floor without a value", "superglue --fail-under boolq", ["--fail-under", "TASK=VALUE"]],
    ["a mistyped choice", "run cb --format markdwn", ["--format: found", "Did you mean markdown?"]],
    ["a flag before the command", "--limit 4 superglue", ["no command given before --limit"]],
    ["one run to compare", "compare results/a", ["run: found", "two or more finished runs"]],
    ["no run to judge", "judge", ["missing argument: run", "glm-eval judge --help"]],
    ["an extra argument", "judge a b", ['unexpected argument "b"']],
    ["a value for a switch", "doctor --json=some", ["--json takes no value"]],
    ["an empty list", "superglue --tasks ,", ["--tasks: found", "names separated by commas"]],
    ["a mistyped task", "superglue --tasks copaa", ['no task "copaa"', 'Did you mean "copa"?']],
    ["an unknown task", "run squad", ['no task "squad"', "boolq, cb"]],
    ["no task", "run", ["no task given", "boolq, cb"]],
    [
      "a mistyped pattern",
      "superglue --tasks copa --patterns p11",
      ['copa has no pattern "p11"', "Did you mean p1?"],
    ],
    [
      "a pattern that one of the tasks lacks",
      "superglue --tasks boolq,copa --patterns p4",
      ['copa has no pattern "p4"'],
    ],
    [
      "a mistyped published row",
      "superglue --published bert-larg",
      ['"bert-larg"', "Did you mean bert-large?"],
    ],
  ])("%s", async (_, line, parts) => {
    const outcome = await run(line.split(" ").filter(Boolean));
    expectRefused(outcome, 2, ...parts);
    expect(outcome.stdout).toBe("");
    // Nothing was started.
    expect(existsSync(path("results"))).toBe(false);
  });

  it("are reported in English in any locale", async () => {
    const outcome = await run(["superglue", "--limt", "4"], { env: { LC_ALL: "de_DE.UTF-8" } });
    expectRefused(outcome, 2, "unknown flag --limt");
  });

  it("a nonexistent device: exit code 2", async () => {
    expectRefused(
      await run(["superglue", "--device", "gpu", "-o", "device"]),
      2,
      "no such device: gpu",
      "webgpu",
    );
    expect(existsSync(path("device"))).toBe(false);
  });

  it("a missing task file: exit code 3", async () => {
    const { code, stderr } = await run(["run", "./nowhere.yaml"]);
    expect(stderr).toMatch(/^glm-eval: there is no task file \.\/nowhere\.yaml\n/);
    expect(code).toBe(3);
  });
});

describe("output folders", () => {
  it("must be empty, else nothing is added", async () => {
    mkdirSync(path("used"));
    writeFileSync(path("used", "notes.txt"), "mine");
    expectRefused(
      await run(["run", "cb", "--output", "used"]),
      2,
      "used is not empty (it contains notes.txt)",
      "--output",
    );
    expect(readdirSync(path("used"))).toEqual(["notes.txt"]);
  });

  it.each(["file", "file/run", ...(onLinux ? ["/proc/glm-eval"] : [])])(
    "that cannot be made: %s",
    async (output) => {
      writeFileSync(path("file"), "");
      const outcome = await run(["run", "cb", "--output", output]);
      expectRefused(outcome, 2, `the output folder ${output} is not writable`, "--output");
    },
  );

  it("are removed if the model fails to load", async () => {
    expectRefused(
      await run(["run", "cb", "--model", "./none", "-o", "deep/er/run"]),
      4,
      "no such folder: ./none",
    );
    expect(existsSync(path("deep"))).toBe(false);
  });
});

describe("--help", () => {
  const commands = [
    "",
    "superglue",
    "run",
    "score",
    "judge",
    "compare",
    "report",
    "published",
    "models",
    "models list",
    "models inspect",
    "models convert",
    "tasks",
    "tasks list",
    "cache clear",
    "setup cuda",
  ];
  it.each(commands)("of `glm-eval %s` shows examples, on stdout", async (command) => {
    const words = command.split(" ").filter(Boolean);
    const stdout = expectDone(await run([...words, "--help"]));
    expect(stdout).toContain(["glm-eval", ...words].join(" "));
    expect(stdout).toMatch(/Examples:\n {2}glm-eval /);
    expect(stdout.split("\n").every((line) => line.length <= 100)).toBe(true);
  });

  it("lists every flag once, with its description", async () => {
    const stdout = expectDone(await run(["superglue", "--help"]));
    for (const flag of ["--model", "--data", "--limit", "--patterns", "--output", "--protocol", "--tasks"])
      expect(stdout).toMatch(new RegExp(`${flag}\\b.* {2,}\\S`));
  });

  it("--version is the package's", async () => {
    expect(expectDone(await run(["--version"]))).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

it("rejected commands leave no files", () => {
  expect(readdirSync(folder).sort()).toEqual(["file", "used"]);
});
