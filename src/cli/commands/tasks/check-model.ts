import { GlmEvalError } from "../../../errors.js";
import type { Problems } from "../../../findings.js";
import type { ClozeQuestion } from "../../../patterns/index.js";
import { checkTexts, checkWords, makeReporter } from "../../../runner/index.js";
import type { Reader } from "../../../scoring/index.js";
import type { Example, TaskPattern } from "../../../tasks/index.js";

/**
 * Reports what a model's tokenizer makes of a task's questions: texts that must be cut or cannot fit, and answers that
 * it cannot write, cannot distinguish, or writes with several tokens.
 */
export function checkWithModel(
  patterns: readonly TaskPattern[],
  examples: readonly Example[],
  reader: Reader,
  problems: Problems,
): void {
  for (const pattern of patterns) {
    const say = makeReporter(pattern, problems);
    const asked = examples.flatMap((example) => {
      const question = questionOf(pattern, example);
      return question === undefined ? [] : [{ example: example.id, question }];
    });
    const words = asked.find(({ question }) => question.answerKind === "words");
    if (words !== undefined) checkWords(words.question, reader, say);
    const checked = new Set<string>();
    let cut = 0;
    for (const { example, question } of asked) {
      if (question.answerKind === "texts") checkTexts(question, reader, example, checked, say);
      try {
        if (reader.prepare(question).some((prepared) => prepared.cut > 0)) cut++;
      } catch (error) {
        if (!(error instanceof GlmEvalError)) throw error;
        const message = error.message.replace(`${question.id}: `, "");
        say("error", "too-long", message, { example, hint: error.hint });
      }
    }
    if (cut > 0) {
      const fit = `to fit ${reader.maxLength} tokens`;
      say("warning", "text-cut", `the text of ${cut} of ${asked.length} examples is cut ${fit}`);
    }
  }
}

/** What cannot be rendered has been reported without a model. */
function questionOf(pattern: TaskPattern, example: Example): ClozeQuestion | undefined {
  try {
    return pattern.question(example);
  } catch (error) {
    if (error instanceof GlmEvalError) return undefined;
    throw error;
  }
}
