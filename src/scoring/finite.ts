import { GlmEvalError } from "../errors.js";
import type { AnswerScore } from "./engine.js";

/** Checks log-probabilities. @throws GlmEvalError (model) that names the questions for which they are NaN or infinite */
export function checkFinite(
  scored: readonly { readonly id: string; readonly answers: readonly AnswerScore[] }[],
): void {
  const isBad = (a: AnswerScore) => ![...a.tokenLogProbs, ...a.closing.logProbs].every(Number.isFinite);
  const bad = scored.filter(({ answers }) => answers.some(isBad));
  if (bad.length === 0) return;
  const others = bad.length > 1 ? ` and ${bad.length - 1} more` : "";
  throw new GlmEvalError(
    "not-finite",
    `${bad[0]!.id}${others}: the model's log-probabilities are NaN or infinite; expected finite values`,
    {
      hint: "Its weights overflow their number format: the checkpoint is damaged, or its config.json belongs to another model.",
    },
  );
}
