import type { LoadedGlm } from "../../models/glm/index.js";
import type { Tensor } from "../../models/onnx/index.js";
import { checkFinite } from "../finite.js";
import { addPass } from "../passes.js";
import type { ReadOptions, Scorer } from "../scorer.js";
import { dealOut, type InfillQuestion, layOut } from "./layout.js";
import { prepare } from "./prepare.js";

/** Scores questions with a GLM by autoregressive blank infilling. */
export function infillScorer(model: LoadedGlm, options: Partial<ReadOptions> = {}): Scorer<InfillQuestion> {
  const { tokenizer, session, config } = model;
  const readOptions: ReadOptions = {
    maxLength: options.maxLength ?? config.maxLength,
    truncation: options.truncation ?? "glm",
  };
  const work = { tokens: 0, padding: 0 };
  return {
    family: "infill",
    packs: true,
    // A layer's products take 24·hidden² FLOPs a token, its attention 4·hidden·width. Measured: 6.5 to 7 × hidden.
    attentionWidth: 6 * config.hidden,
    work,
    prepare: (question) => prepare(question, tokenizer, readOptions),
    async score(rows) {
      const batch = layOut(rows, tokenizer.special);
      const lengths = rows.map((row) => row.reduce((sum, { length }) => sum + length, 0));
      addPass(work, lengths);
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
      checkFinite(rows.flatMap((row, r) => row.map(({ id }, k) => ({ id, answers: scores[r]![k]! }))));
      return scores;
    },
    token: (id) => tokenizer.token(id),
    close: () => session.close(),
  };
}
