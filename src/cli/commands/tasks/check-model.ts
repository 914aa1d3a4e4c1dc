import { GlmEvalError } from "../../../errors.js";
import type { Problems } from "../../../findings.js";
import type { ClozeQuestion } from "../../../patterns/index.js";
import { checkTexts, checkWords, makeReporter } from "../../../runner/index.js";
import type { Reader } from "../../../scoring/index.js";
import type { Example, TaskPattern } from "../../../tasks/index.js";

/**
 * Reports problems of a task's questions with a model's tokenizer: texts that must be cut or cannot fit, and answers that it
 * cannot encode, cannot distinguish, or encodes as several tokens.
 */
export function checkWithModel(
  patterns: readonly TaskPattern[],
  examples: readonly Example[],
  reader: Reader,
  problems: Problems,
): void {
  for (const pattern of patterns) {
    const report = makeReporter(pattern, problems);
    const rendered = examples.flatMap((example) => {
      const question = renderQuestion(pattern, example);
      return question === undefined ? [] : [{ example: example.id, question }];
    });
    const words = rendered.find(({ question }) => question.answerKind === "words");
    if (words !== undefined) checkWords(words.question, reader, report);
    const checked = new Set<string>();
    let cut = 0;
    for (const { example, question } of rendered) {
      if (question.answerKind === "texts") checkTexts(question, reader, example, checked, report);
      try {
        if (reader.prepare(question).some((prepared) => prepared.cut > 0)) cut++;
      } catch (error) {
        if (!(error instanceof GlmEvalError)) throw error;
        const message = error.message.replace(`${question.id}: `, "");
        report("error", "too-long", message, { example, hint: error.hint });
      }
    }
    if (cut > 0) {
      const fit = `to fit ${reader.maxLength} tokens`;
      report("warning", "text-cut", `the text of ${cut} of ${rendered.length} examples is cut ${fit}`);
    }
  }
}

/** Returns the question of an example; undefined if it cannot be rendered, which the checks without a model report. */
function renderQuestion(pattern: TaskPattern, example: Example): ClozeQuestion | undefined {
  try {
    return pattern.question(example);
  } catch (error) {
    if (error instanceof GlmEvalError) return undefined;
    throw error;
  }
}
