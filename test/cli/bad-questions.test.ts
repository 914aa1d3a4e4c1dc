import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openQuestions } from "../../src/cli/commands/score/questions.js";
import { goldenFixture } from "../models/checkpoint/helpers.js";
import { expectRefused, jsonLines, type Outcome, workspace } from "./command.js";

const { path, run, start } = workspace();
const model = goldenFixture("wordpiece-fp32");
const typed = (...args: string[]): Promise<Outcome> => run(["score", "--model", model, ...args]);
const question = (id: string, more: object = {}): string =>
  JSON.stringify({ id, text: "w0100 [MASK]", answers: ["w0200"], ...more });
const ids = (lines: string) => jsonLines<{ id: string }>(lines).map(({ id }) => id);

describe("texts and answers on the command line", () => {
  it.each<[string, string[], string[]]>([
    ["no text", [], ["nothing to score", "--input FILE"]],
    ["no [MASK]", ["w0100", "-a", "x"], ['found no [MASK] in "w0100"; expected exactly one']],
    ["two [MASK]", ["[MASK] [MASK]", "-a", "x"], ["found 2 [MASK]", "expected exactly one"]],
    ["the second of two texts", ["a [MASK]", "b", "-a", "x"], ["text 2: found no [MASK]"]],
    ["no --answers", ["w0100 [MASK]"], ["--answers is missing", "commas"]],
    ["--answers without a value", ["w0100 [MASK]", "--answers"], ["--answers needs a value"]],
    ["only an empty answer", ["w0100 [MASK]", "-a", ""], ["--answers is missing"]],
    ["an empty answer among others", ["w0100 [MASK]", "-a", "x,,y"], ["answer 2 is empty"]],
    ["an answer twice", ["w0100 [MASK]", "-a", "x,y, x"], ['--answers: found "x" twice']],
    ["a quote that does not end", ["w0100 [MASK]", "-a", '"x, y'], ["unterminated", "quotes"]],
    ["a text and --input", ["w0100 [MASK]", "-a", "x", "-i", "y"], ["expected one of the two"]],
  ])("%s", async (_, args, parts) => {
    expectRefused(await typed(...args), 2, ...parts);
  });

  it("reports the length of a text that exceeds the model's positions", async () => {
    const outcome = await typed(`${"w0100 ".repeat(300)}[MASK]`, "-a", "w0200");
    // [CLS] and [EOS], the blank, and the answer with its end of piece
    expectRefused(outcome, 3, `the text: text and answer have ${300 + 3 + 2} tokens; at most 256 fit`);
    expect(outcome.stdout).toBe("");
  });

  it("are rejected before the model is loaded", async () => {
    const { stderr } = await run(["score", "no blank", "-a", "x", "--model", "no-such-model"]);
    expect(stderr).toContain("found no [MASK]");
  });
});

describe("lines of --input", () => {
  it.each<[string, string | Buffer, string[]]>([
    ["not JSON", '{"id": ', ["q.jsonl:3: the line is not JSON"]],
    ["not an object", "[1]", ["q.jsonl:3: ", "expected object"]],
    ["without a text", '{"id": 1, "answers": ["x"]}', ['q.jsonl:3: "text" is missing']],
    ["with a number for a text", question("bad", { text: 4 }), ['q.jsonl:3: "text"', "expected string"]],
    ["without answers", question("bad", { answers: [] }), ['q.jsonl:3: "answers"']],
    [
      "with an empty answer",
      question("bad", { answers: ["x", " "] }),
      ["q.jsonl:3 (bad): answer 2 is empty"],
    ],
    ["without [MASK]", question("bad", { text: "w0100" }), ["q.jsonl:3 (bad): found no [MASK]"]],
    ["with two", question("bad", { text: "[MASK] [MASK]" }), ["q.jsonl:3 (bad): found 2 [MASK]"]],
    [
      "with an answer twice",
      question("bad", { answers: ["x", "y", " x"] }),
      ['q.jsonl:3: "answers" contains " x" twice'],
    ],
    ["with a repeated id", question("one"), ['q.jsonl:3: id "one" is not unique', "Line 1 has the same id"]],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0x22]), ["q.jsonl:3: the line is not UTF-8"]],
  ])("%s: reports file and line before a model is loaded, and writes nothing", async (_, bad, parts) => {
    const lines = [question("one"), "\n\n", bad, `\n${question("after")}\n`];
    writeFileSync(path("q.jsonl"), Buffer.concat(lines.map((line) => Buffer.from(line))));
    const opened = openQuestions(path("q.jsonl"));
    await expect(opened).rejects.toMatchObject({ exitCode: 3 });
    const { message, hint } = await opened.catch((error) => error);
    for (const part of parts) expect(`${message}\n${hint}`).toContain(part);
  });

  it("reports file and line of a text too long for the model, and where earlier results are", async () => {
    const long = question("bad", { text: `${"w0100 ".repeat(300)}[MASK]` });
    writeFileSync(path("q.jsonl"), [question("one"), long, question("after")].join("\n"));
    const outcome = await typed("--input", "q.jsonl", "--output", "scores.jsonl");
    const what = "q.jsonl:2 (bad): text and answer have 305 tokens; at most 256 fit";
    expectRefused(
      outcome,
      3,
      what,
      "The results of the 1 text before it are in scores.jsonl, which has no others.",
    );
    expect(ids(readFileSync(path("scores.jsonl"), "utf8"))).toEqual(["one"]);
  });

  it("stops at an invalid line although stdin stays open", async () => {
    const { child, finished } = start(["score", "--model", model, "--input", "-"]);
    child.stdin.write(`${question("one")}\nnonsense\n`);
    const outcome = await finished;
    expectRefused(outcome, 3, "stdin:2: the line is not JSON");
    expect(ids(outcome.stdout)).toEqual(["one"]);
  });

  it.each<[string, string[], string]>([
    ["no such file", ["--input", "nowhere.jsonl"], "--input nowhere.jsonl: no such file"],
    ["a folder", ["--input", "."], "--input . is a folder; expected a file"],
  ])("%s", async (_, args, part) => {
    expectRefused(await typed(...args), 3, part);
  });

  it("must not be empty", async () => {
    expectRefused(
      await run(["score", "--model", model, "-i", "-"], { input: "\n\n" }),
      3,
      "stdin contains no questions",
    );
  });
});

describe("--output", () => {
  it.each([
    ["in a missing folder", "nowhere/scores.jsonl", "its folder does not exist"],
    ["that is a folder", ".", "it is a folder"],
  ])("%s", async (_, output, why) => {
    const outcome = await typed("w0100 [MASK]", "-a", "w0200", "--output", output);
    expectRefused(outcome, 2, `--output ${output} cannot be written: ${why}`);
  });

  it("must not be the input", async () => {
    writeFileSync(path("same.jsonl"), question("one"));
    const outcome = await typed("--input", "same.jsonl", "--output", "./same.jsonl");
    expectRefused(outcome, 2, "is the input file");
    expect(readFileSync(path("same.jsonl"), "utf8")).toBe(question("one"));
  });

  it("keeps an earlier file if the model fails to load, and replaces it otherwise", async () => {
    writeFileSync(path("kept.jsonl"), "earlier\n");
    mkdirSync(path("empty"));
    const args = ["score", "w0100 [MASK]", "-a", "w0200"];
    expectRefused(await run([...args, "--model", "./empty", "-o", "kept.jsonl"]), 4, "has no config.json");
    expect(readFileSync(path("kept.jsonl"), "utf8")).toBe("earlier\n");
    expectRefused(await run([...args, "--model", "./empty", "-o", "new.jsonl"]), 4, "has no config.json");
    expect(existsSync(path("new.jsonl"))).toBe(false);
    expect((await run([...args, "--model", model, "-o", "kept.jsonl"])).code).toBe(0);
    expect(ids(readFileSync(path("kept.jsonl"), "utf8"))).toEqual(["1"]);
  });
});
