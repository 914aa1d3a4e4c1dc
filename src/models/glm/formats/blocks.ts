import { declarePart, type LinearFormat } from "./weight-format.js";

/** Number of values that share a scale: the size that ONNX Runtime's kernels are optimized for. */
const BLOCK = 32;
/** ONNX Runtime's accuracy_level: products of 8-bit integers, with activations quantized block by block. */
const INTEGER_PRODUCTS = 4;

/**
 * Weights with 4 or 8 bits in blocks of 32 along a row, each block with a float32 scale, for ONNX Runtime's MatMulNBits
 * (contrib operators, com.microsoft; symmetric, zero point 2^(bits-1)).
 *
 * Let m be the value of largest magnitude in a block, with its sign: d = m / -2^(bits-1), and each value v has the code
 * min(round(v / d) + 2^(bits-1), 2^bits - 1). So m itself has code 0 exactly, and all codes are used (as in llama.cpp's
 * Q4_0, `quantize_row_q4_0_ref`, and in ONNX Runtime's own block-wise quantizer).
 */
export function createBlockFormat(bits: 4 | 8): LinearFormat {
  const blockBytes = (BLOCK * bits) / 8;
  return {
    width: (columns) => columns,
    joint: false,
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
        const { codes, scales } = quantizeBlocks(chunk, columns, bits);
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
 * Quantizes complete rows; a row's last block is padded with zeros.
 * @returns the codes (of two 4-bit codes, the first is in the byte's lower half) and one scale per block
 */
export function quantizeBlocks(
  values: Float32Array,
  columns: number,
  bits: 4 | 8,
): { codes: Uint8Array; scales: Float32Array } {
  const perRow = Math.ceil(columns / BLOCK);
  const blockBytes = (BLOCK * bits) / 8;
  const write = bits === 4 ? writeNibbles : writeBytes;
  const count = (values.length / columns) * perRow;
  const codes = new Uint8Array(count * blockBytes);
  const scales = new Float32Array(count);
  const padded = new Float32Array(BLOCK);
  for (let row = 0, block = 0; row < values.length; row += columns)
    for (let at = row; at < row + columns; at += BLOCK, block++) {
      const whole = at + BLOCK <= row + columns;
      if (!whole) {
        padded.fill(0);
        padded.set(values.subarray(at, row + columns));
      }
      scales[block] = write(whole ? values : padded, whole ? at : 0, codes, block * blockBytes);
    }
  return { codes, scales };
}

// One minimal loop per width: a model with 10 billion weights passes through here. Rounding truncates positive numbers,
// which gives the same results as Math.round: a quotient of two float32 values is either exactly half an integer or at
// least 2^-26 away from it, far more than the error of the addition.

/** Writes one block's 4-bit codes. @returns its scale */
function writeNibbles(values: Float32Array, from: number, codes: Uint8Array, to: number): number {
  const scale = computeBlockScale(values, from, 8);
  if (scale === 0) {
    codes.fill(0x88, to, to + BLOCK / 2);
    return 0;
  }
  for (let k = from; k < from + BLOCK; k += 2) {
    const low = (values[k]! / scale + 8.5) | 0;
    const high = (values[k + 1]! / scale + 8.5) | 0;
    // A code is at most 16, which the shift reduces to 15.
    codes[to++] = (low - (low >> 4)) | ((high - (high >> 4)) << 4);
  }
  return scale;
}

/** Writes one block's 8-bit codes. @returns its scale */
function writeBytes(values: Float32Array, from: number, codes: Uint8Array, to: number): number {
  const scale = computeBlockScale(values, from, 128);
  if (scale === 0) {
    codes.fill(0x80, to, to + BLOCK);
    return 0;
  }
  for (let k = from; k < from + BLOCK; k++) {
    const code = (values[k]! / scale + 128.5) | 0;
    codes[to++] = code - (code >> 8);
  }
  return scale;
}

function computeBlockScale(values: Float32Array, from: number, middle: number): number {
  let most = 0;
  let largest = 0;
  for (let k = from; k < from + BLOCK; k++) {
    const value = values[k]!;
    const magnitude = Math.abs(value);
    if (magnitude > most) {
      most = magnitude;
      largest = value;
    }
  }
  return Math.fround(largest / -middle) + 0; // never -0, which no other quantizer writes
}
