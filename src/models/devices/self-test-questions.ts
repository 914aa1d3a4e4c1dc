import type { Tensor } from "../onnx/index.js";

const ROWS = 2;
const TARGETS_PER_ROW = 8;

interface QuestionToken {
  readonly position: number;
  readonly block: number;
  readonly question: number;
  readonly answer: number;
}

const PADDING: QuestionToken = { position: 0, block: 0, question: -1, answer: 0 };

/**
 * Makes the inputs of a GLM's graph: rows of `length` tokens with two questions of two answers each, and some padding.
 * For every target, the entire vocabulary is requested, in order.
 */
export function makeSelfTestQuestions(length: number, vocabSize: number): Record<string, Tensor> {
  const rows = Array.from({ length: ROWS }, (_, row) => [
    ...makeQuestion(0, Math.floor(length * 0.6) - row),
    ...makeQuestion(1, Math.floor(length * 0.35)),
  ]);
  const padded = rows.flatMap((row) => Array.from({ length }, (_, t) => row[t] ?? PADDING));
  const matrix = (of: (token: QuestionToken, t: number) => number): Tensor => ({
    type: "int32",
    data: Int32Array.from(padded, of),
    dims: [ROWS, length],
  });
  const targets = rows.flatMap((row, b) =>
    Array.from(
      { length: TARGETS_PER_ROW },
      (_, k) => b * length + Math.floor(((k + 0.5) * row.length) / TARGETS_PER_ROW),
    ),
  );
  const vocabulary = Array.from({ length: vocabSize }, (_, id) => id);
  return {
    input_ids: matrix((_, t) => (t * 97 + 13) % vocabSize),
    position_ids: matrix(({ position }) => position),
    block_position_ids: matrix(({ block }) => block),
    question: matrix((token) => token.question),
    answer: matrix(({ answer }) => answer),
    target_rows: makeInt32(targets),
    pick_rows: makeInt32(targets.flatMap((_, p) => vocabulary.map(() => p))),
    pick_ids: makeInt32(targets.flatMap(() => vocabulary)),
  };
}

/**
 * Makes a context of four fifths of the length with the blank in the middle, followed by the start of piece and two
 * answers.
 */
function makeQuestion(number: number, length: number): QuestionToken[] {
  const context = Math.floor(length * 0.8);
  const half = Math.ceil((length - context - 1) / 2);
  return Array.from({ length }, (_, t) => {
    if (t < context) return { position: t, block: 0, question: number, answer: 0 };
    const position = context >> 1;
    if (t === context) return { position, block: 1, question: number, answer: 0 };
    const k = t - context - 1;
    return { position, block: 2 + (k % half), question: number, answer: 1 + Math.floor(k / half) };
  });
}

function makeInt32(values: readonly number[]): Tensor {
  return { type: "int32", data: Int32Array.from(values), dims: [values.length] };
}
