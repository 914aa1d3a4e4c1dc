import { type ClozeQuestion, compilePattern, type Fields } from "../../src/patterns/index.js";

/**
 * Makes a question like a task: the pattern may contain `||` and `{{ … }}`, and answers get the space that precedes the
 * blank.
 */
export function ask(
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
