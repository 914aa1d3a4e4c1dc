import { readFileSync } from "node:fs";
import path from "node:path";
import { type JournalEntry, judgeRun, PROTOCOLS, readRun, readSamples, scoreTexts, toJson } from "glm-eval";
import { expect, it } from "vitest";
import { testFolder } from "./folder.js";
import { loadLetters } from "./letters-model.js";
import { runLetters } from "./letters-run.js";

const folder = testFolder();
const VOCABULARY = 0x110000;

it("a reader and an engine of one's own run, are recorded, and are judged again without them", async () => {
  const output = path.join(folder, "run");
  const { results, models } = await runLetters(output);
  expect(models.map(({ name, error }) => [name, error])).toEqual([["letters", undefined]]);
  const [copa] = results.tasks;
  expect(copa).toMatchObject({ task: "copa", status: "done", examples: 40 });
  const recorded = await readRun(output);
  expect(recorded.record.models).toMatchObject([
    { name: "letters", family: "infill", architecture: "letters" },
  ]);
  expect(toJson((await judgeRun(recorded)).results)).toBe(toJson(results));
  const samples = await readSamples(recorded, "copa");
  expect(samples).toHaveLength(40);
  const right = samples.filter(({ predicted, label }) => predicted === label).length;
  expect(copa!.metrics[0]!.value).toBe(right / 40);
});

it("its journal holds what its engine said", async () => {
  const lines = readFileSync(path.join(folder, "run/journal.jsonl"), "utf8").trim().split("\n");
  expect(lines).toHaveLength(40);
  const { answers } = JSON.parse(lines[0]!) as Pick<JournalEntry, "answers">;
  for (const { tokens } of answers)
    expect(tokens.every((token) => Array.from(token).length === 1)).toBe(true);
});

it("its numbers are those of its formula", async () => {
  const model = await loadLetters("letters", {});
  const texts = [{ id: "1", text: "abba [MASK]", answers: ["a", "c"] }];
  const [scored] = await scoreTexts(model, texts, { conventions: PROTOCOLS.glm, maxBatchTokens: 512 });
  // The space before the blank is the answer's; the text is "abba".
  const unseen = Math.log(1 / (4 + VOCABULARY));
  const a = Math.log(3 / (4 + VOCABULARY));
  expect(scored!.answers.map(({ tokens }) => tokens)).toEqual([
    [" ", "a"],
    [" ", "c"],
  ]);
  expect(scored!.answers.map(({ tokenLogProbs }) => tokenLogProbs)).toEqual([
    [unseen, a],
    [unseen, unseen],
  ]);
});
