import { GlmEvalError } from "../../errors.js";
import type { LoadedExport } from "../../models/export/index.js";
import { checkFinite } from "../finite.js";
import { addPass, PASS_TOKENS, type PassOptions, passes } from "../passes.js";
import { readOptionsOf } from "../read-options.js";
import type { AnswerScore, ReadOptions, Scorer } from "../scorer.js";
import { HEAD_OUTPUTS } from "../targets.js";
import { chooseFraming } from "./choose-framing.js";
import { decoderRows } from "./decoder-rows.js";
import { decoderFeeds, encodedOf, encoderFeeds } from "./layout.js";
import { prepare, type Seq2SeqQuestion } from "./prepare.js";

export interface Seq2SeqOptions extends Partial<ReadOptions>, PassOptions {
  /**
   * Whether what closes an answer is scored (default true). It makes the decoder read every answer; without it the
   * closings are empty lists, and all single-token answers of a question take one decoder row.
   */
  readonly closing?: boolean;
}

/** The scores of a question's tokens: each answer's and then its closing's, answer by answer. */
interface Heard {
  readonly logProbs: number[];
  readonly isGreedy: boolean[];
}

/**
 * Scores questions with an encoder-decoder that fills blanks: T5 by its sentinels, BART by its mask. The encoder reads a
 * question once for all its answers.
 * @throws GlmEvalError("model") where the model's vocabulary has neither sentinels nor a mask
 */
export function seq2seqScorer(model: LoadedExport, options: Seq2SeqOptions = {}): Scorer<Seq2SeqQuestion> {
  const { tokenizer, graphs, config } = model;
  if (!("encoder" in graphs))
    throw new GlmEvalError(
      "model",
      `found one graph of ${config.modelType}; expected an encoder and a decoder`,
    );
  const { encoder, decoder } = graphs;
  const { pad = config.padTokenId ?? 0 } = tokenizer.special;
  const reading = {
    framing: chooseFraming(model),
    closing: options.closing ?? true,
    ...readOptionsOf(config, options),
  };

  const work = { tokens: 0, padding: 0 };

  /** Reads the texts of some questions in one pass of the encoder, and their answers in as many as they take. */
  const hear = async (questions: readonly Seq2SeqQuestion[], limit: PassOptions): Promise<Heard[]> => {
    const texts = questions.map((question) => question.encoder);
    addPass(
      work,
      texts.map(({ length }) => length),
    );
    const fetch = ["last_hidden_state"];
    const { last_hidden_state: hidden } = await encoder.session.run(encoderFeeds(texts, pad), { fetch });
    const encoded = { hidden: hidden!, lengths: texts.map(({ length }) => length) };
    const rows = questions.flatMap((question, text) =>
      decoderRows(question).map((row) => ({ ...row, text })),
    );
    const heard: Heard[] = questions.map(() => ({ logProbs: [], isGreedy: [] }));
    const all = passes(
      rows.map(({ ids }) => ids.length),
      limit,
    );
    for (const pass of all) {
      const some = pass.map((row) => rows[row]!);
      addPass(
        work,
        some.map(({ ids }) => ids.length),
      );
      const read = some.map(({ text }) => text);
      const [from, end] = [Math.min(...read), Math.max(...read) + 1];
      // One pass takes the hidden states away with it; several take copies of what each reads.
      const feeds =
        all.length === 1
          ? decoderFeeds(some, encoded, pad)
          : decoderFeeds(
              some.map((row) => ({ ...row, text: row.text - from })),
              encodedOf(encoded, from, end),
              pad,
            );
      const outputs = await decoder.session.run(feeds, { fetch: HEAD_OUTPUTS });
      const logProbs = outputs.log_probs!.data as Float32Array;
      const isGreedy = outputs.is_greedy!.data as Uint8Array;
      let k = 0;
      for (const { text, asks } of some)
        for (const { number } of asks) {
          heard[text]!.logProbs[number] = logProbs[k]!;
          heard[text]!.isGreedy[number] = isGreedy[k++] === 1;
        }
    }
    return heard;
  };

  return {
    family: "seq2seq",
    packs: false,
    work,
    prepare: (question) => prepare(question, tokenizer, reading),
    async score(rows, { passTokens = options.passTokens ?? PASS_TOKENS } = {}) {
      const questions = rows.flat();
      const scored: { id: string; answers: AnswerScore[] }[] = [];
      const lengths = questions.map((question) => question.encoder.length);
      for (const pass of passes(lengths, { passTokens }, model.padsContexts)) {
        const heard = await hear(
          pass.map((q) => questions[q]!),
          { passTokens },
        );
        pass.forEach((q, k) => {
          const question = questions[q]!;
          scored[q] = { id: question.id, answers: answerScores(question, heard[k]!) };
        });
      }
      checkFinite(scored);
      let next = 0;
      return rows.map((row) => row.map(() => scored[next++]!.answers));
    },
    token: (id) => tokenizer.token(id),
    close: () => model.close(),
  };
}

function answerScores({ answers, closing }: Seq2SeqQuestion, { logProbs, isGreedy }: Heard): AnswerScore[] {
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
