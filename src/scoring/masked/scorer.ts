import { GlmEvalError } from "../../errors.js";
import type { LoadedExport } from "../../models/export/index.js";
import { checkFinite } from "../finite.js";
import { addPass, PASS_TOKENS, type PassOptions, passes } from "../passes.js";
import { readOptionsOf } from "../read-options.js";
import type { AnswerScore, ReadOptions, Scorer } from "../scorer.js";
import { HEAD_OUTPUTS } from "../targets.js";
import type { Decoding, TokenScore } from "./decoding.js";
import { layOut } from "./layout.js";
import { type MaskedQuestion, prepare } from "./prepare.js";
import { type Row, rounds, rowLength, widestStep } from "./rounds.js";
import { wordBeginnings } from "./words.js";

export interface MaskedOptions extends Partial<ReadOptions>, PassOptions {
  /** in what order a blank of several masks is read; PET's own unless told otherwise */
  readonly decoding?: Decoding;
}

/**
 * Scores questions with a masked language model (BERT, RoBERTa, DeBERTa …): as many masks in the blank as the answer has
 * tokens, read in the order that `decoding` says. Nothing closes an answer: its length is given.
 * @throws GlmEvalError("model") where the model's tokenizer has no mask token
 */
export function maskedScorer(model: LoadedExport, options: MaskedOptions = {}): Scorer<MaskedQuestion> {
  const { tokenizer, graphs, config } = model;
  const { mask, pad = config.padTokenId ?? 0 } = tokenizer.special;
  if (!("model" in graphs))
    throw new GlmEvalError(
      "model",
      `found the encoder and the decoder of ${config.modelType}; expected one graph`,
    );
  if (mask === undefined)
    throw new GlmEvalError(
      "model",
      "the model's tokenizer has no mask token: it cannot be asked to fill a blank",
      {
        hint: "Masked models have one, like [MASK] or <mask>: see mask_token in tokenizer_config.json.",
      },
    );
  const { session, inputs } = graphs.model;
  const { decoding = "default" } = options;
  const readOptions = readOptionsOf(config, options);
  const tokens = { mask, beginsWord: wordBeginnings(tokenizer) };
  const tokenTypes = inputs.has("token_type_ids");

  const work = { tokens: 0, padding: 0 };

  /** A score for each pick of each row. */
  const run = async (rows: readonly Row[], limit: PassOptions): Promise<TokenScore[][]> => {
    const scores: TokenScore[][] = [];
    for (const pass of passes(rows.map(rowLength), limit, model.padsContexts)) {
      const some = pass.map((row) => rows[row]!);
      addPass(work, some.map(rowLength));
      const outputs = await session.run(layOut(some, { pad, tokenTypes }), { fetch: HEAD_OUTPUTS });
      const logProbs = outputs.log_probs!.data as Float32Array;
      const isGreedy = outputs.is_greedy!.data as Uint8Array;
      let k = 0;
      for (const row of pass)
        scores[row] = rows[row]!.picks.map(() => ({ logProb: logProbs[k]!, isGreedy: isGreedy[k++] === 1 }));
    }
    return scores;
  };

  return {
    family: "masked",
    packs: false,
    work,
    prepare: (question) =>
      prepare(question, tokenizer, readOptions, (asked) => widestStep(asked, decoding, tokens)),
    async score(rows, { passTokens = options.passTokens ?? PASS_TOKENS } = {}) {
      const questions = rows.flat();
      const steps = rounds(questions, decoding, tokens);
      let step = steps.next();
      while (!step.done) step = steps.next(await run(step.value, { passTokens }));
      const scored = step.value.map((answers, q) => ({
        id: questions[q]!.id,
        answers: answers.map((scores, a) => answerScore(questions[q]!.answers[a]!, scores)),
      }));
      checkFinite(scored);
      let next = 0;
      return rows.map((row) => row.map(() => scored[next++]!.answers));
    },
    token: (id) => tokenizer.token(id),
    close: () => model.close(),
  };
}

function answerScore(tokenIds: readonly number[], scores: readonly TokenScore[]): AnswerScore {
  return {
    tokenIds,
    tokenLogProbs: scores.map(({ logProb }) => logProb),
    isGreedy: scores.map(({ isGreedy }) => isGreedy),
    closing: { tokenIds: [], logProbs: [], isGreedy: [] },
  };
}
