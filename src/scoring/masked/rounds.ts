import { type Decoding, type DecodingTokens, decode, type TokenScore } from "./decoding.js";
import type { FramedText, MaskedQuestion } from "./masked-reader.js";

/** One row to run: a text, what stands in its blank, and the tokens asked at slots of the blank. */
export interface Row {
  readonly text: FramedText;
  readonly blank: readonly number[];
  readonly picks: readonly SlotPick[];
}

interface SlotPick {
  readonly slot: number;
  readonly id: number;
}

type Asked = Pick<MaskedQuestion, "text" | "answers">;

/**
 * Scores all answers of several questions round by round: gives the rows of one step of all of them together, is
 * continued with the scores (one for each pick of each row), and returns each question's answers' token scores.
 * Answers that read the same text with the same blank share a row. All answers of one length begin with the same masks:
 * so single-token answers take one row a question.
 */
export function* rounds(
  questions: readonly Asked[],
  decoding: Decoding,
  tokens: DecodingTokens,
): Generator<readonly Row[], TokenScore[][][], readonly (readonly TokenScore[])[]> {
  const scores: TokenScore[][][] = questions.map(({ answers }) => answers.map(() => []));
  let started = questions.flatMap(({ text, answers }, question) =>
    answers.map((ids, answer) => {
      const steps = decode(decoding, ids, tokens);
      return { question, text, answer, ids, steps, step: steps.next() };
    }),
  );
  for (;;) {
    const rows = new Map<
      string,
      { number: number; text: FramedText; blank: readonly number[]; picks: SlotPick[] }
    >();
    const waiting = started.flatMap(({ step, ...asked }) => {
      const { question, text, answer, ids } = asked;
      if (step.done) {
        scores[question]![answer] = [...step.value];
        return [];
      }
      const sources = step.value.map(({ blank, slots }) => {
        const key = `${question}:${blank.join(" ")}`;
        const row = rows.get(key) ?? { number: rows.size, text, blank, picks: [] };
        rows.set(key, row);
        const from = row.picks.length;
        row.picks.push(...slots.map((slot) => ({ slot, id: ids[slot]! })));
        return { row: row.number, from, to: row.picks.length };
      });
      return [{ ...asked, sources }];
    });
    if (waiting.length === 0) return scores;
    const heard = yield [...rows.values()];
    started = waiting.map(({ sources, ...asked }) => ({
      ...asked,
      step: asked.steps.next(sources.map(({ row, from, to }) => heard[row]!.slice(from, to))),
    }));
  }
}

/**
 * Tokens of a question's rows at its widest step. In what order "default" will fill a blank is the model's to say: it is
 * counted as if from left to right.
 */
export function widestStep(question: Asked, decoding: Decoding, tokens: DecodingTokens): number {
  const steps = rounds([question], decoding, tokens);
  const unknown = { logProb: 0, isGreedy: false };
  let widest = 0;
  for (let step = steps.next(); !step.done; ) {
    const size = step.value.reduce((sum, row) => sum + rowLength(row), 0);
    widest = Math.max(widest, size);
    step = steps.next(step.value.map(({ picks }) => picks.map(() => unknown)));
  }
  return widest;
}

export function rowLength({
  text,
  blank,
}: {
  readonly text: FramedText;
  readonly blank: readonly number[];
}): number {
  return text.left.ids.length + blank.length + text.right.ids.length;
}
