import { GlmEvalError } from "../../errors.js";
import type { LoadedGlm } from "../../models/glm/index.js";
import type { Tensor } from "../../models/onnx/index.js";
import type { AnswerScore, Scorer } from "../scorer.js";
import { dealOut, type InfillQuestion, layOut } from "./layout.js";
import { type PrepareOptions, prepare } from "./prepare.js";

/** Scores questions with a GLM by autoregressive blank infilling. */
export function infillScorer(
  model: LoadedGlm,
  options: Partial<PrepareOptions> = {},
): Scorer<InfillQuestion> {
  const { tokenizer, session, config } = model;
  const prepareOptions: PrepareOptions = {
    maxLength: options.maxLength ?? config.maxLength,
    truncation: options.truncation ?? "glm",
  };
  return {
    family: "infill",
    packs: true,
    prepare: (question) => prepare(question, tokenizer, prepareOptions),
    async score(rows) {
      const batch = layOut(rows, tokenizer.special);
      const matrix = (data: Int32Array): Tensor => ({
        type: "int32",
        data,
        dims: [batch.rows, batch.length],
      });
      const list = (data: Int32Array): Tensor => ({ type: "int32", data, dims: [data.length] });
      const outputs = await session.run({
        input_ids: matrix(batch.inputIds),
        position_ids: matrix(batch.positionIds),
        block_position_ids: matrix(batch.blockPositionIds),
        question: matrix(batch.question),
        answer: matrix(batch.answer),
        target_rows: list(batch.targetRows),
        pick_rows: list(batch.pickRows),
        pick_ids: list(batch.pickIds),
      });
      const logProbs = outputs.log_probs!.data as Float32Array;
      const scores = dealOut(rows, tokenizer.special, logProbs, outputs.is_greedy!.data as Uint8Array);
      if (!logProbs.every(Number.isFinite)) throw notANumber(rows, scores);
      return scores;
    },
    token: (id) => tokenizer.token(id),
    close: () => session.close(),
  };
}

function notANumber(
  rows: readonly (readonly InfillQuestion[])[],
  scores: readonly (readonly (readonly AnswerScore[])[])[],
): GlmEvalError {
  const isBad = (a: AnswerScore) => ![...a.tokenLogProbs, ...a.closing.logProbs].every(Number.isFinite);
  const bad = rows.flatMap((row, r) => row.filter((_, k) => scores[r]![k]!.some(isBad)));
  const others = bad.length > 1 ? ` and ${bad.length - 1} more` : "";
  return new GlmEvalError(
    "model",
    `${bad[0]!.id}${others}: the model's log-probabilities are NaN or infinite; expected finite ones`,
    {
      hint: "Its weights overflow float32: the checkpoint is damaged, or its config.json belongs to another model.",
    },
  );
}
