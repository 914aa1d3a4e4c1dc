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
      ["no command is named", "superglue, run, score, judge, compare, report, models, tasks"],
    ],
    ["a mistyped command", "superglu", ['there is no command "superglu"', "did you mean superglue?"]],
    ["an unknown command", "frobnicate", ['there is no command "frobnicate"', "superglue, run"]],
    ["no action", "models", ["no action is named; expected list, inspect or convert"]],
    ["a mistyped action", "models inspct x", ['"inspct"', "did you mean inspect?"]],
    ["no folder", "models inspect", ["an argument is missing", "glm-eval models inspect --help"]],
    ["no output", "models convert x", ["--output is missing"]],
    ["a task that is not there", "tasks list all", ['no task "all"', "boolq, cb"]],
    ["a mistyped flag", "superglue --limt 4", ["no flag --limt", "did you mean --limit?"]],
    [
      "a mistyped flag in lm-eval's spelling",
      "superglue --batch_sise=8",
      ["no flag --batch-sise", "did you mean --batch-size?"],
    ],
    ["an unknown flag", "score --frobnicate", ["no flag --frobnicate", "glm-eval score --help"]],
    ["an unknown short flag", "score -z 4", ["no flag -z"]],
    ["a flag without its value", "superglue --limit", ["--limit needs a value"]],
    ["a flag with an empty value", "superglue --model=", ["--model is empty"]],
    ["a flag given twice", "superglue --model a --model b", ["--model is given 2 times"]],
    ["no choice", "superglue --protocol bert", ['--protocol: found "bert"', '"glm", "glm-hf"']],
    ["no split", "superglue --split dev", ['--split: found "dev"', '"validation", "test", "train"']],
    ["no number", "superglue --limit many", ["--limit: found many; expected a whole number above 0"]],
    ["no whole number", "superglue --limit 2.5", ["--limit: found 2.5"]],
    ["zero", "superglue --threads 0", ["--threads: found 0"]],
    ["less than zero", "superglue --max-length -1", ["--max-length: found -1"]],
    ["no number of rows", "superglue --batch_size some", ["--batch-size: found some"]],
    ["a floor without a value", "superglue --fail-under boolq", ["--fail-under", "TASK=VALUE"]],
    ["a mistyped choice", "run cb --format markdwn", ["--format: found", "did you mean markdown?"]],
    ["a flag before the command", "--limit 4 superglue", ["no command is named before --limit"]],
    ["one run to compare", "compare results/a", ["run: found", "two or more finished runs"]],
    ["no run to judge", "judge", ["an argument is missing: run", "glm-eval judge --help"]],
    ["an argument too many", "judge a b", ['found "b", which is not expected here']],
    ["a value for a switch", "doctor --json=some", ["--json takes no value"]],
    ["an empty list", "superglue --tasks ,", ["--tasks: found", "names separated by commas"]],
    ["a mistyped task", "superglue --tasks copaa", ['no task "copaa"', 'did you mean "copa"?']],
    ["a task that there is not", "run squad", ['no task "squad"', "boolq, cb"]],
    ["no task", "run", ["no task is named", "boolq, cb"]],
    [
      "a mistyped pattern",
      "superglue --tasks copa --patterns p11",
      ['copa has no pattern "p11"', "did you mean p1?"],
    ],
    [
      "a pattern that one of the tasks lacks",
      "superglue --tasks boolq,copa --patterns p4",
      ['copa has no pattern "p4"'],
    ],
    [
      "a mistyped published row",
      "superglue --published bert-larg",
      ['"bert-larg"', "did you mean bert-large?"],
    ],
  ])("%s", async (_, line, parts) => {
    const outcome = await run(line.split(" ").filter(Boolean));
    expectRefused(outcome, 2, ...parts);
    expect(outcome.stdout).toBe("");
    // Nothing was begun.
    expect(existsSync(path("results"))).toBe(false);
  });

  it("speaks English whatever the locale", async () => {
    const outcome = await run(["superglue", "--limt", "4"], { env: { LC_ALL: "de_DE.UTF-8" } });
    expectRefused(outcome, 2, "there is no flag --limt");
  });

  it("a device that no machine has: exit code 2", async () => {
    expectRefused(
      await run(["superglue", "--device", "gpu", "-o", "device"]),
      2,
      "no such device: gpu",
      "webgpu",
    );
    expect(existsSync(path("device"))).toBe(false);
  });

  it("a task file that is not there: exit code 3", async () => {
    const { code, stderr } = await run(["run", "./nowhere.yaml"]);
    expect(stderr).toMatch(/^glm-eval: there is no task file \.\/nowhere\.yaml\n/);
    expect(code).toBe(3);
  });
});

describe("output folders", () => {
  it("with something in it: nothing is added", async () => {
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
      expectRefused(outcome, 2, `the output folder ${output} cannot be written`, "--output");
    },
  );

  it("are gone again where the model cannot be loaded", async () => {
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

  it("names every flag once, with what it does", async () => {
    const stdout = expectDone(await run(["superglue", "--help"]));
    for (const flag of ["--model", "--data", "--limit", "--patterns", "--output", "--protocol", "--tasks"])
      expect(stdout).toMatch(new RegExp(`${flag}\\b.* {2,}\\S`));
  });

  it("--version is the package's", async () => {
    expect(expectDone(await run(["--version"]))).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

it("what was refused left nothing behind", () => {
  expect(readdirSync(folder).sort()).toEqual(["file", "used"]);
});
