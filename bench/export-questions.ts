import type { ExportFamily } from "../src/models/export/index.js";
import type { CausalQuestion, Decoding, MaskedQuestion, Seq2SeqQuestion } from "../src/scoring/index.js";
import { widestStep } from "../src/scoring/masked/rounds.js";
import { decoderRows } from "../src/scoring/seq2seq/decoder-rows.js";
import { generator } from "./seeded.js";

export type ExportQuestion = MaskedQuestion | Seq2SeqQuestion | CausalQuestion;

/** Lengths in tokens; all questions of a shape are alike, so that nothing is padded on any side. */
export interface Shape {
  readonly context: number;
  readonly answers: number;
  readonly answerTokens: number;
}

/** What frames a question: ids of the vocabulary, and how a blank of several masks is read. */
export interface Frame {
  readonly mask: number | undefined;
  readonly decoding: Decoding;
  readonly start: number | undefined;
  readonly sentinels: readonly number[];
}

/** Below it are the special tokens of the vocabularies measured. */
const FIRST_ID = 10;

/** Questions of random tokens below `vocabulary`, as a family reads them; the same for the same shape. */
export function exportQuestions(
  family: ExportFamily,
  { context, answers, answerTokens }: Shape,
  count: number,
  vocabulary: number,
  frame: Frame,
): ExportQuestion[] {
  const random = generator(context * answers * answerTokens);
  const draw = (length: number) =>
    Array.from({ length }, () => FIRST_ID + Math.floor(random() * (vocabulary - FIRST_ID)));
  return Array.from({ length: count }, (_, k) => {
    const asked = Array.from({ length: answers }, () => draw(answerTokens));
    const framed = FRAMED[family](draw(context), asked, frame);
    return { id: `${family}-${k}`, cut: 0, answers: asked, ...framed } as ExportQuestion;
  });
}

type Framed<Q> = Omit<Q, "id" | "cut" | "answers">;
type Framing<Q> = (text: number[], answers: readonly (readonly number[])[], frame: Frame) => Framed<Q>;

const FRAMED: {
  readonly masked: Framing<MaskedQuestion>;
  readonly seq2seq: Framing<Seq2SeqQuestion>;
  readonly causal: Framing<CausalQuestion>;
} = {
  masked(ids, answers, { mask, decoding }) {
    const middle = ids.length >> 1;
    const side = (some: readonly number[]) => ({ ids: some, types: some.map(() => 0) });
    const text = { left: side(ids.slice(0, middle)), blankType: 0, right: side(ids.slice(middle)) };
    const tokens = { mask: mask!, beginsWord: () => true };
    return { text, length: widestStep({ text, answers }, decoding, tokens) };
  },
  /** As T5 reads a blank: its first sentinel in the text and before the answer, the second after it. */
  seq2seq(text, answers, { start, sentinels: [blank, closing] }) {
    const decoder = { before: [start!, blank!], closing: [closing!] };
    const written = decoderRows({ ...decoder, answers }).reduce((sum, { ids }) => sum + ids.length, 0);
    const encoder = text.with(text.length >> 1, blank!);
    return { ...decoder, encoder, length: Math.max(encoder.length, written) };
  },
  causal(context, answers) {
    return { context, closing: [], length: context.length + answers.flat().length };
  },
};
