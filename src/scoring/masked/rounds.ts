import { type Decoding, type DecodingTokens, decode, type TokenScore } from "./decoding.js";
import type { FramedText, MaskedQuestion } from "./masked-reader.js";

/** One row to run: a text, the tokens in its blank, and the tokens requested at slots of the blank. */
export interface Row {
  readonly text: FramedText;
  readonly blank: readonly number[];
  readonly picks: readonly SlotPick[];
}

interface SlotPick {
  readonly slot: number;
  readonly id: number;
}

type Unscored = Pick<MaskedQuestion, "text" | "answers">;

/**
 * Scores all answers of several questions round by round: yields the rows of one step for all of them, is resumed with
 * the scores (one per pick of each row), and returns the token scores of each question's answers. Answers that read the
 * same text with the same blank share a row. All answers of one length start with the same masks, so single-token
 * answers take one row per question.
 */
export function* rounds(
  questions: readonly Unscored[],
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
    const waiting = started.flatMap(({ step, ...rest }) => {
      const { question, text, answer, ids } = rest;
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
      return [{ ...rest, sources }];
    });
    if (waiting.length === 0) return scores;
    const results = yield [...rows.values()];
    started = waiting.map(({ sources, ...rest }) => ({
      ...rest,
      step: rest.steps.next(sources.map(({ row, from, to }) => results[row]!.slice(from, to))),
    }));
  }
}

/**
 * Counts the tokens of a question's rows at its widest step. The order in which "default" fills a blank depends on the
 * model, so it is counted as if left to right.
 */
export function countWidestStep(question: Unscored, decoding: Decoding, tokens: DecodingTokens): number {
  const steps = rounds([question], decoding, tokens);
  const unknown = { logProb: 0, isGreedy: false };
  let widest = 0;
  for (let step = steps.next(); !step.done; ) {
    const size = step.value.reduce((sum, row) => sum + countRowTokens(row), 0);
    widest = Math.max(widest, size);
    step = steps.next(step.value.map(({ picks }) => picks.map(() => unknown)));
  }
  return widest;
}

export function countRowTokens({
  text,
  blank,
}: {
  readonly text: FramedText;
  readonly blank: readonly number[];
}): number {
  return text.left.ids.length + blank.length + text.right.ids.length;
}
