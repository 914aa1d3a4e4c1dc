import { expect, it } from "vitest";
import type { ClozeQuestion, Part } from "../../../src/patterns/index.js";
import { hasSameTokens } from "../../../src/runner/judge/samples.js";
import type { JournalEntry } from "../../../src/runner/record/journal.js";
import {
  dropShots,
  formatQuestion,
  makeQuestionRecord,
  parseQuestion,
} from "../../../src/runner/record/question.js";
import type { TaskPattern } from "../../../src/tasks/index.js";
import { withShots } from "../../../src/tasks/shots.js";

const text = (of: string): Part => ({ kind: "text", text: of, shortenable: false });
const cloze = (before: string) => ({
  pattern: { parts: [text(before), { kind: "blank" } as Part, text(".")], spaceBeforeBlank: true },
  answers: [{ text: " wet", label: "0" }],
});
const record = (clozes: ClozeQuestion["clozes"], shown?: string[]) => {
  const question: ClozeQuestion = { id: "t/p/1", answerKind: "texts", clozes };
  const asked = { example: { id: "1", fields: {} }, question, shown, calibration: undefined };
  return makeQuestionRecord({ id: "p" } as TaskPattern, asked);
};
const shots = [
  [text("Sun is"), text(" dry"), text(".")],
  [text("Snow is"), text(" cold"), text(".")],
];

it("a question's text omits dropped few-shot examples, the first ones first", () => {
  const one = record([withShots(cloze("Rain is") as never, shots, "\n\n")], ["7", "8"]);
  expect(dropShots(one, 0)).toBe("Sun is dry.\n\nSnow is cold.\n\nRain is [MASK].");
  expect(dropShots(one, 1)).toBe("Snow is cold.\n\nRain is [MASK].");
  expect(dropShots(one, 2)).toBe("Rain is [MASK].");
  expect(parseQuestion(formatQuestion(one))).toEqual(JSON.parse(JSON.stringify(one)));
});

it("each text of a question with several texts omits dropped few-shot examples", () => {
  const two = ["Rain is", "Hail is"].map((before) => withShots(cloze(before) as never, shots, "\n"));
  expect(dropShots(record(two, ["7", "8"]), 1)).toBe(
    "Snow is cold.\nRain is [MASK].\nSnow is cold.\nHail is [MASK].",
  );
});

it("answers to separate texts are not compared by their tokens", () => {
  const entry = { answers: [{ tokenIds: [5] }, { tokenIds: [5] }] } as unknown as JournalEntry;
  const [rain, hail] = [cloze("Rain is"), cloze("Hail is")];
  hail.answers[0] = { text: " moist", label: "1" };
  const together = { ...rain, answers: [...rain.answers, ...hail.answers] };
  expect(hasSameTokens({ question: record([together] as never), entry })).toBe(true);
  expect(hasSameTokens({ question: record([rain, hail] as never), entry })).toBe(false);
});
