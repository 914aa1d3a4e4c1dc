import { type Decoding, type DecodingTokens, decode, type TokenScore } from "./decoding.js";
import type { FramedText, MaskedQuestion } from "./masked-reader.js";

/** One row to run: a text, the content of its blank, and the tokens to score at slots of the blank. */
export interface Row {
  readonly text: FramedText;
  readonly blank: readonly number[];
  readonly picks: readonly SlotPick[];
}

interface SlotPick {
  readonly slot: number;
  readonly id: number;
}

type BlankQuestion = Pick<MaskedQuestion, "text" | "answers">;

/**
 * Scores all answers of several questions in scoreInRounds: yields the rows of one step of all of them together, is resumed with
 * the scores (one per pick of each row), and returns the token scores of each question's answers.
 * Answers with the same text and the same blank share a row. All answers of the same length start with the same masks, so
 * single-token answers take one row per question.
 */
export function* scoreInRounds(
  questions: readonly BlankQuestion[],
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
    const waiting = started.flatMap(({ step, ...answered }) => {
      const { question, text, answer, ids } = answered;
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
      return [{ ...answered, sources }];
    });
    if (waiting.length === 0) return scores;
    const found = yield [...rows.values()];
    started = waiting.map(({ sources, ...answered }) => ({
      ...answered,
      step: answered.steps.next(sources.map(({ row, from, to }) => found[row]!.slice(from, to))),
    }));
  }
}

/**
 * Counts the tokens of a question's rows at its widest step. The order in which "default" fills a blank depends on the
 * model, so it is counted as left to right.
 */
export function countWidestStep(question: BlankQuestion, decoding: Decoding, tokens: DecodingTokens): number {
  const steps = scoreInRounds([question], decoding, tokens);
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
