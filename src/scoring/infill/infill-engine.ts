import type { LoadedGlm } from "../../models/glm/index.js";
import type { Tensor } from "../../models/onnx/index.js";
import type { Engine } from "../engine.js";
import { checkFinite } from "../finite.js";
import { addPass } from "../passes.js";
import { countTokens, distributeScores, type InfillQuestion, layOut, rowLength } from "./infill-batch.js";

/** Makes an engine that scores questions with a GLM by autoregressive blank infilling. */
export function infillEngine({
  tokenizer,
  session,
  config,
}: Pick<LoadedGlm, "tokenizer" | "session" | "config">): Engine<InfillQuestion> {
  const work = { tokens: 0, padding: 0 };
  return {
    packs: true,
    // A layer's products take 24·hidden² FLOPs per token, its attention 4·hidden·width. Measured: 6.5 to 7 × hidden.
    attentionWidth: 6 * config.hidden,
    work,
    length: countTokens,
    async score(rows) {
      const batch = layOut(rows, tokenizer.special);
      addPass(work, rows.map(rowLength));
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
      const scores = distributeScores(
        rows,
        tokenizer.special,
        logProbs,
        outputs.is_greedy!.data as Uint8Array,
      );
      checkFinite(rows.flatMap((row, r) => row.map(({ id }, k) => ({ id, answers: scores[r]![k]! }))));
      return scores;
    },
    close: () => session.close(),
  };
}
