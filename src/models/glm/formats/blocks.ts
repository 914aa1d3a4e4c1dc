import { declarePart, type LinearFormat } from "./format.js";

/** Values that share a scale: the size for which ONNX Runtime's kernels are made. */
const BLOCK = 32;
/** ONNX Runtime's accuracy_level: products of 8-bit integers, activations quantised block by block. */
const INTEGER_PRODUCTS = 4;

/**
 * Weights of 4 or 8 bits in blocks of 32 along a row, each block with a scale in float32, for ONNX Runtime's
 * MatMulNBits (contrib operators, com.microsoft; symmetric, zero point 2^(bits-1)).
 *
 * Of a block's values v let m be the one of largest magnitude, with its sign: d = m / -2^(bits-1), code =
 * min(round(v / d) + 2^(bits-1), 2^bits - 1). So m itself is code 0 exactly, and all codes are used (the rule of
 * llama.cpp's Q4_0, `quantize_row_q4_0_ref`, and of ONNX Runtime's own block-wise quantiser).
 */
export function blocks(bits: 4 | 8): LinearFormat {
  const blockBytes = (BLOCK * bits) / 8;
  return {
    parts: ([out, into]) => {
      const count = Math.ceil(into! / BLOCK);
      return [
        { suffix: "", type: "uint8", shape: [out!, count, blockBytes] },
        { suffix: ".scale", type: "float32", shape: [out! * count] },
      ];
    },
    async *encode({ columns, chunks }) {
      const at = [0, 0];
      for await (const chunk of chunks) {
        const { codes, scales } = quantiseBlocks(chunk, columns, bits);
        for (const [part, bytes] of [codes, new Uint8Array(scales.buffer)].entries()) {
          yield { part, at: at[part]!, bytes };
          at[part]! += bytes.byteLength;
        }
      }
    },
    products: (g, x, matrices) =>
      matrices.map(({ rows, columns, parts }) => {
        const inputs = [x, ...parts.map((part) => declarePart(g, part))];
        const shape = { K: columns, N: rows };
        const attributes = { ...shape, bits, block_size: BLOCK, accuracy_level: INTEGER_PRODUCTS };
        return g.add("MatMulNBits", inputs, attributes, 1, "com.microsoft")[0]!;
      }),
  };
}

/**
 * Quantises whole rows; a row's last block is filled up with zeros.
 * @returns codes, the first of two 4-bit codes in a byte's lower half, and one scale a block
 */
export function quantiseBlocks(
  values: Float32Array,
  columns: number,
  bits: 4 | 8,
): { codes: Uint8Array; scales: Float32Array } {
  const middle = 2 ** (bits - 1);
  const perRow = Math.ceil(columns / BLOCK);
  const rows = values.length / columns;
  const codes = new Uint8Array((rows * perRow * BLOCK * bits) / 8);
  const scales = new Float32Array(rows * perRow);
  for (let block = 0; block < scales.length; block++) {
    const inRow = (block % perRow) * BLOCK;
    const start = Math.floor(block / perRow) * columns + inRow;
    const length = Math.min(BLOCK, columns - inRow);
    let largest = 0;
    for (let k = start; k < start + length; k++)
      if (Math.abs(values[k]!) > Math.abs(largest)) largest = values[k]!;
    const scale = Math.fround(largest / -middle) + 0; // not -0, which no other quantiser writes
    scales[block] = scale;
    for (let k = 0; k < BLOCK; k++) {
      const value = k < length && scale !== 0 ? Math.round(values[start + k]! / scale) : 0;
      const code = Math.min(value + middle, 2 * middle - 1);
      const at = block * BLOCK + k;
      if (bits === 8) codes[at] = code;
      else codes[at >> 1]! |= code << (4 * (at & 1));
    }
  }
  return { codes, scales };
}
