import type { ExportFamily } from "../src/models/export/index.js";
import type { CausalQuestion, MaskedQuestion, Seq2SeqQuestion } from "../src/scoring/index.js";
import { generator } from "./seeded.js";

export type ExportQuestion = MaskedQuestion | Seq2SeqQuestion | CausalQuestion;

/** Lengths in tokens; all questions of a shape have equal lengths, so neither side pads. */
export interface Shape {
  readonly context: number;
  readonly answers: number;
  readonly answerTokens: number;
}

/** The ids that frame a question. */
export interface Frame {
  readonly start: number | undefined;
  readonly sentinels: readonly number[];
}

/** Below this id are the special tokens of the measured vocabularies. */
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
    const framed = FRAMED[family](draw(context), frame);
    return { id: `${family}-${k}`, cut: 0, answers: asked, ...framed } as ExportQuestion;
  });
}

type Framed<Q> = Omit<Q, "id" | "cut" | "answers">;
type Framing<Q> = (text: number[], frame: Frame) => Framed<Q>;

const FRAMED: {
  readonly masked: Framing<MaskedQuestion>;
  readonly seq2seq: Framing<Seq2SeqQuestion>;
  readonly causal: Framing<CausalQuestion>;
} = {
  masked(ids) {
    const middle = ids.length >> 1;
    const side = (some: readonly number[]) => ({ ids: some, types: some.map(() => 0) });
    return { text: { left: side(ids.slice(0, middle)), blankType: 0, right: side(ids.slice(middle)) } };
  },
  /** T5's form of a blank: the first sentinel in the text and before the answer, the second after it. */
  seq2seq(text, { start, sentinels: [blank, closing] }) {
    return { encoder: text.with(text.length >> 1, blank!), before: [start!, blank!], closing: [closing!] };
  },
  causal(context) {
    return { context, closing: [] };
  },
};
