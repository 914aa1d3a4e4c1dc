import { GlmEvalError } from "../../errors.js";
import type { LoadedExport } from "../../models/export/index.js";
import type { AnswerScore, Engine, ScoreOptions } from "../engine.js";
import { checkFinite } from "../finite.js";
import type { ReaderOptions } from "../model-options.js";
import { addPass, DEFAULT_BATCH_TOKENS, passes } from "../passes.js";
import { HEAD_OUTPUTS } from "../targets.js";
import type { TokenScore } from "./decoding.js";
import { maskedFeeds } from "./masked-feeds.js";
import { getMaskToken, type MaskedQuestion } from "./masked-reader.js";
import { countWidestStep, type Row, rowLength, scoreInRounds } from "./rounds.js";
import { makeWordStartTest } from "./words.js";

/**
 * Makes an engine for a masked language model: the blank has as many masks as the answer has tokens, which are filled in
 * the order given by `decoding` (default: PET's). Answers have no closing, because their length is fixed.
 * @throws GlmEvalError (model) if the model's tokenizer has no mask token
 */
export function maskedEngine(
  model: LoadedExport,
  options: Pick<ReaderOptions, "decoding"> & ScoreOptions = {},
): Engine<MaskedQuestion> {
  const { tokenizer, graphs, config } = model;
  const { pad = config.padTokenId ?? 0 } = tokenizer.special;
  if (!("model" in graphs))
    throw new GlmEvalError(
      "export-not-supported",
      `found the encoder and the decoder of ${config.modelType}; expected one graph`,
    );
  const { session, inputs } = graphs.model;
  const { decoding = "default" } = options;
  const tokens = { mask: getMaskToken(tokenizer), startsWord: makeWordStartTest(tokenizer) };
  const tokenTypes = inputs.has("token_type_ids");
  const work = { tokens: 0, padding: 0 };

  /** Returns a score for each pick of each row. */
  const run = async (rows: readonly Row[], maxBatchTokens: number): Promise<TokenScore[][]> => {
    const scores: TokenScore[][] = [];
    for (const pass of passes(rows.map(rowLength), maxBatchTokens, model.padsContexts)) {
      const some = pass.map((row) => rows[row]!);
      addPass(work, some.map(rowLength));
      const outputs = await session.run(maskedFeeds(some, { pad, tokenTypes }), { fetch: HEAD_OUTPUTS });
      const logProbs = outputs.log_probs!.data as Float32Array;
      const isGreedy = outputs.is_greedy!.data as Uint8Array;
      let k = 0;
      for (const row of pass)
        scores[row] = rows[row]!.picks.map(() => ({ logProb: logProbs[k]!, isGreedy: isGreedy[k++] === 1 }));
    }
    return scores;
  };

  return {
    packs: false,
    work,
    length: (question) => countWidestStep(question, decoding, tokens),
    async score(rows, { maxBatchTokens = options.maxBatchTokens ?? DEFAULT_BATCH_TOKENS } = {}) {
      const questions = rows.flat();
      const steps = scoreInRounds(questions, decoding, tokens);
      let step = steps.next();
      while (!step.done) step = steps.next(await run(step.value, maxBatchTokens));
      const scored = step.value.map((answers, q) => ({
        id: questions[q]!.id,
        answers: answers.map((scores, a) => makeAnswerScore(questions[q]!.answers[a]!, scores)),
      }));
      checkFinite(scored);
      let next = 0;
      return rows.map((row) => row.map(() => scored[next++]!.answers));
    },
    close: () => model.close(),
  };
}

function makeAnswerScore(tokenIds: readonly number[], scores: readonly TokenScore[]): AnswerScore {
  return {
    tokenIds,
    tokenLogProbs: scores.map(({ logProb }) => logProb),
    isGreedy: scores.map(({ isGreedy }) => isGreedy),
    closing: { tokenIds: [], logProbs: [], isGreedy: [] },
  };
}
