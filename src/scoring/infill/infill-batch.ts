import type { SpecialTokens } from "../../models/tokenizers/index.js";
import type { AnswerScore } from "../engine.js";
import type { PreparedQuestion } from "../reader.js";

/** A question framed for blank infilling: `[CLS] text with its blank [EOS]`, and the answers' tokens. */
export interface InfillQuestion extends PreparedQuestion {
  readonly context: readonly number[];
  /** index of the blank in `context`; every answer token has this position */
  readonly blank: number;
}

/** Counts the tokens that a question takes in a row: its context, one start of piece shared by all answers, the answers. */
export function countTokens({ context, answers }: Pick<InfillQuestion, "context" | "answers">): number {
  return context.length + 1 + answers.reduce((sum, answer) => sum + answer.length, 0);
}

export function rowLength(row: readonly InfillQuestion[]): number {
  return row.reduce((sum, question) => sum + countTokens(question), 0);
}

/** The input arrays of the graph (see buildGlmGraph), for B rows of S tokens. */
export interface Batch {
  readonly rows: number;
  readonly length: number;
  readonly inputIds: Int32Array;
  readonly positionIds: Int32Array;
  readonly blockPositionIds: Int32Array;
  readonly question: Int32Array;
  readonly answer: Int32Array;
  readonly targetRows: Int32Array;
  readonly pickRows: Int32Array;
  readonly pickIds: Int32Array;
}

/**
 * Lays out questions as GLM reads them (glm.md §3): context tokens have positions 0, 1, 2… and block position 0; the
 * start of piece and all answer tokens have the blank's position and block positions 1, 2, 3…. The output at the
 * start of piece predicts every answer's first token, the output at an answer's token predicts the next token, and the
 * output at its last token predicts the end of piece. All answers share the context and the start of piece.
 */
export function layOut(rows: readonly (readonly InfillQuestion[])[], special: SpecialTokens): Batch {
  const length = Math.max(...rows.map(rowLength));
  const size = rows.length * length;
  const inputIds = new Int32Array(size).fill(special.pad);
  const positionIds = new Int32Array(size);
  const blockPositionIds = new Int32Array(size);
  const question = new Int32Array(size).fill(-1);
  const answer = new Int32Array(size);
  const targetRows: number[] = [];
  const pickRows: number[] = [];
  const pickIds: number[] = [];

  rows.forEach((row, r) => {
    let at = r * length;
    row.forEach((q, number) => {
      const put = (id: number, position: number, block: number, answerNumber: number): number => {
        inputIds[at] = id;
        positionIds[at] = position;
        blockPositionIds[at] = block;
        question[at] = number;
        answer[at] = answerNumber;
        return at++;
      };
      const target = (token: number): number => targetRows.push(token) - 1;
      const pick = (targetRow: number, id: number): void => {
        pickRows.push(targetRow);
        pickIds.push(id);
      };
      q.context.forEach((id, position) => {
        put(id, position, 0, 0);
      });
      const start = target(put(special.sop, q.blank, 1, 0));
      q.answers.forEach((ids, k) => {
        let predicts = start;
        ids.forEach((id, n) => {
          pick(predicts, id);
          predicts = target(put(id, q.blank, n + 2, k + 1));
        });
        pick(predicts, special.eop);
      });
    });
  });
  return {
    rows: rows.length,
    length,
    inputIds,
    positionIds,
    blockPositionIds,
    question,
    answer,
    targetRows: Int32Array.from(targetRows),
    pickRows: Int32Array.from(pickRows),
    pickIds: Int32Array.from(pickIds),
  };
}

/** Distributes the graph's outputs, one per pick in order, to their answers. */
export function distributeScores(
  rows: readonly (readonly InfillQuestion[])[],
  { eop }: Pick<SpecialTokens, "eop">,
  logProbs: Float32Array,
  isGreedy: Uint8Array,
): AnswerScore[][][] {
  let k = 0;
  return rows.map((row) =>
    row.map((q) =>
      q.answers.map((tokenIds) => {
        const end = k + tokenIds.length;
        const score: AnswerScore = {
          tokenIds,
          tokenLogProbs: Array.from(logProbs.subarray(k, end)),
          isGreedy: Array.from(isGreedy.subarray(k, end), Boolean),
          closing: { tokenIds: [eop], logProbs: [logProbs[end]!], isGreedy: [isGreedy[end] === 1] },
        };
        k = end + 1;
        return score;
      }),
    ),
  );
}
