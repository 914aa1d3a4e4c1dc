import { declarePart, type LinearFormat } from "./weight-format.js";

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

// One loop for each width, and no more in it than must be: a model of 10 billion weights passes through here. Rounding is
// by truncation of what is positive, which gives Math.round's numbers: a quotient of two float32 is half an integer exactly
// or at least 2^-26 away from it, far more than the addition is off.

/** One block's 4-bit codes. @returns its scale */
function writeNibbles(values: Float32Array, from: number, codes: Uint8Array, to: number): number {
  const scale = blockScale(values, from, 8);
  if (scale === 0) {
    codes.fill(0x88, to, to + BLOCK / 2);
    return 0;
  }
  for (let k = from; k < from + BLOCK; k += 2) {
    const low = (values[k]! / scale + 8.5) | 0;
    const high = (values[k + 1]! / scale + 8.5) | 0;
    // At most 16, of which the shift makes 15.
    codes[to++] = (low - (low >> 4)) | ((high - (high >> 4)) << 4);
  }
  return scale;
}

/** One block's 8-bit codes. @returns its scale */
function writeBytes(values: Float32Array, from: number, codes: Uint8Array, to: number): number {
  const scale = blockScale(values, from, 128);
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

function blockScale(values: Float32Array, from: number, middle: number): number {
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
  return Math.fround(largest / -middle) + 0; // not -0, which no other quantiser writes
}
