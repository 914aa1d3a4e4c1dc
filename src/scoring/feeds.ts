import type { Tensor } from "../models/onnx/index.js";

/**
 * Makes an int64 tensor [rows, columns], the type of ids, positions and masks in exported graphs.
 * @param at returns the value of one element, 0 … 2^31 - 1
 */
export function int64Matrix(
  rows: number,
  columns: number,
  at: (row: number, column: number) => number,
): Tensor {
  const data = new BigInt64Array(rows * columns);
  // Writes the low words through a view: one BigInt object per element is slow. ONNX Runtime only runs on
  // little-endian.
  const words = new Int32Array(data.buffer);
  let k = 0;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, k += 2) words[k] = at(row, column);
  return { type: "int64", data, dims: [rows, columns] };
}

/** Makes an int32 tensor [n], the type of the target head's inputs and of the rows to gather. */
export function int32List(values: readonly number[]): Tensor {
  return { type: "int32", data: Int32Array.from(values), dims: [values.length] };
}
