import { GlmEvalError } from "../../errors.js";
import type { LoadedExport } from "../../models/export/index.js";
import type { AnswerScore, Engine, ScoreOptions } from "../engine.js";
import { checkFinite } from "../finite.js";
import { addPass, DEFAULT_BATCH_TOKENS, passes } from "../passes.js";
import { HEAD_OUTPUTS } from "../targets.js";
import { makeDecoderRows } from "./decoder-rows.js";
import { decoderFeeds, encoderFeeds, sliceEncoded } from "./seq2seq-feeds.js";
import type { Seq2SeqQuestion } from "./seq2seq-reader.js";

/** The scores of a question's tokens: each answer's tokens, then those of its closing, answer by answer. */
interface QuestionScores {
  readonly logProbs: number[];
  readonly isGreedy: boolean[];
}

/**
 * Scores questions with an encoder-decoder that fills blanks. The encoder reads a question only once for all its
 * answers.
 * @throws GlmEvalError (model) for a single graph
 */
export function seq2seqEngine(model: LoadedExport, options: ScoreOptions = {}): Engine<Seq2SeqQuestion> {
  const { tokenizer, graphs, config } = model;
  if (!("encoder" in graphs))
    throw new GlmEvalError(
      "export-not-supported",
      `found one graph of ${config.modelType}; expected an encoder and a decoder`,
    );
  const { encoder, decoder } = graphs;
  const { pad = config.padTokenId ?? 0 } = tokenizer.special;

  const work = { tokens: 0, padding: 0 };

  /**
   * Encodes the texts of questions in one pass of the encoder, and scores their answers in as many passes as
   * necessary.
   */
  const scorePass = async (
    questions: readonly Seq2SeqQuestion[],
    maxBatchTokens: number,
  ): Promise<QuestionScores[]> => {
    const texts = questions.map((question) => question.encoder);
    addPass(
      work,
      texts.map(({ length }) => length),
    );
    const fetch = ["last_hidden_state"];
    const { last_hidden_state: hidden } = await encoder.session.run(encoderFeeds(texts, pad), { fetch });
    const encoded = { hidden: hidden!, lengths: texts.map(({ length }) => length) };
    const rows = questions.flatMap((question, text) =>
      makeDecoderRows(question).map((row) => ({ ...row, text })),
    );
    const results: QuestionScores[] = questions.map(() => ({ logProbs: [], isGreedy: [] }));
    const all = passes(
      rows.map(({ ids }) => ids.length),
      maxBatchTokens,
    );
    for (const pass of all) {
      const some = pass.map((row) => rows[row]!);
      addPass(
        work,
        some.map(({ ids }) => ids.length),
      );
      const read = some.map(({ text }) => text);
      const [from, end] = [Math.min(...read), Math.max(...read) + 1];
      // A single pass consumes the hidden states; several passes take copies of what each one reads.
      const feeds =
        all.length === 1
          ? decoderFeeds(some, encoded, pad)
          : decoderFeeds(
              some.map((row) => ({ ...row, text: row.text - from })),
              sliceEncoded(encoded, from, end),
              pad,
            );
      const outputs = await decoder.session.run(feeds, { fetch: HEAD_OUTPUTS });
      const logProbs = outputs.log_probs!.data as Float32Array;
      const isGreedy = outputs.is_greedy!.data as Uint8Array;
      let k = 0;
      for (const { text, asks } of some)
        for (const { number } of asks) {
          results[text]!.logProbs[number] = logProbs[k]!;
          results[text]!.isGreedy[number] = isGreedy[k++] === 1;
        }
    }
    return results;
  };

  return {
    packs: false,
    work,
    length: countTokens,
    async score(rows, { maxBatchTokens = options.maxBatchTokens ?? DEFAULT_BATCH_TOKENS } = {}) {
      const questions = rows.flat();
      const scored: { id: string; answers: AnswerScore[] }[] = [];
      const lengths = questions.map((question) => question.encoder.length);
      for (const pass of passes(lengths, maxBatchTokens, model.padsContexts)) {
        const results = await scorePass(
          pass.map((q) => questions[q]!),
          maxBatchTokens,
        );
        pass.forEach((q, k) => {
          const question = questions[q]!;
          scored[q] = { id: question.id, answers: toAnswerScores(question, results[k]!) };
        });
      }
      checkFinite(scored);
      let next = 0;
      return rows.map((row) => row.map(() => scored[next++]!.answers));
    },
    close: () => model.close(),
  };
}

/** Counts the tokens that a question takes in the encoder, or in the decoder if that is more. */
export function countTokens(
  question: Pick<Seq2SeqQuestion, "encoder" | "before" | "answers" | "closing">,
): number {
  const written = makeDecoderRows(question).reduce((sum, { ids }) => sum + ids.length, 0);
  return Math.max(question.encoder.length, written);
}

function toAnswerScores(
  { answers, closing }: Seq2SeqQuestion,
  { logProbs, isGreedy }: QuestionScores,
): AnswerScore[] {
  let start = 0;
  return answers.map((tokenIds) => {
    const end = start + tokenIds.length;
    const last = end + closing.length;
    const score: AnswerScore = {
      tokenIds,
      tokenLogProbs: logProbs.slice(start, end),
      isGreedy: isGreedy.slice(start, end),
      closing: {
        tokenIds: closing,
        logProbs: logProbs.slice(end, last),
        isGreedy: isGreedy.slice(end, last),
      },
    };
    start = last;
    return score;
  });
}
