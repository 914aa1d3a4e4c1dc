import { type ClozeQuestion, compilePattern, type Fields } from "../../src/patterns/index.js";

/**
 * Makes a question like a task does: the pattern may have `||` and `{{ … }}`, and an answer gets the space
 * before the blank.
 */
export function makeQuestion(
  id: string,
  text: string,
  answers: readonly string[],
  fields: Fields = {},
): ClozeQuestion {
  const pattern = compilePattern(text, { file: "test" }).render(fields);
  const space = pattern.spaceBeforeBlank ? " " : "";
  const cloze = { pattern, answers: answers.map((answer) => ({ text: space + answer })) };
  return { id, clozes: [cloze], answerKind: "texts" };
}
