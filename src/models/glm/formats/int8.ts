import type { Graph } from "../../onnx/index.js";
import { declarePart, type LinearFormat } from "./weight-format.js";

/** Largest code of a weight, and of an activation away from its zero point. */
const LARGEST = 127;
/** Code of an activation's 0. */
const ZERO = 128;
/** Below every significant activation; prevents division by 0 for a row of zeros. */
const LEAST = 1e-30;
/** Number of rows that are transposed together: writes of this many bytes are adjacent. */
const STRIP = 64;
/** Padding of a strip's rows: rows that are a power of two apart would evict each other from the processor's cache. */
const GAP = 64;

/**
 * Vector-wise 8-bit products (Dettmers et al. 2022, arXiv:2208.07339, §2.1): one scale per output (a row of the
 * weights) and one per token (a row of the activations), so that a token's result does not depend on the rest of the
 * batch.
 *
 * x·Wᵀ [t, n] ≈ s_t · s_n · Σ_k (a_tk - 128) · q_nk with q = round(w / s_n) in int8, a = round(x / s_t) + 128 in uint8
 * and s_t = max_k |x_tk| / 127. Processors are fastest at multiplying unsigned by signed integers.
 *
 * s_n = max_j (|w_n,2j| + |w_n,2j+1|) / 127. Processors without VNNI add two adjacent products in 16 bits, which can
 * saturate. If the codes of a pair sum to at most 128, they cannot (255 · 128 < 2^15), and every processor computes the
 * same integers.
 */
export const int8: LinearFormat = {
  width: (columns) => columns,
  // Saves 1 to 3 % of the total time: the activations' codes are rearranged only once, and a wide product is fast.
  joint: true,
  // [in, out], the layout that the integer product reads.
  parts: ([out, into]) => [
    { suffix: "", type: "int8", shape: [into!, out!] },
    { suffix: ".scale", type: "float32", shape: [out!] },
  ],
  async *encode({ rows, columns, chunks }) {
    const codes = new Int8Array(rows * columns);
    const scales = new Float32Array(rows);
    const stride = columns + GAP;
    const strip = new Int8Array(STRIP * stride);
    let row = 0;
    for await (const chunk of chunks)
      for (let at = 0; at < chunk.length; at += columns) {
        const inStrip = row % STRIP;
        const values = chunk.subarray(at, at + columns);
        scales[row] = quantizeRow(values, strip.subarray(inStrip * stride, inStrip * stride + columns));
        row++;
        if (inStrip + 1 === STRIP || row === rows)
          transposeStrip(strip, { count: inStrip + 1, columns, stride }, codes, {
            first: row - inStrip - 1,
            rows,
          });
      }
    yield { part: 0, at: 0, bytes: new Uint8Array(codes.buffer) };
    yield { part: 1, at: 0, bytes: new Uint8Array(scales.buffer) };
  },
  products(g, x, matrices) {
    const { codes, scale, zero } = quantizeTokens(g, x);
    return matrices.map(({ parts: [weights, scales] }) => {
      const inputs = [codes, declarePart(g, weights!), one(g), declarePart(g, scales!), zero];
      const [product] = g.add("MatMulIntegerToFloat", inputs, {}, 1, "com.microsoft");
      return g.op("Mul", [product!, scale]);
    });
  },
};

/** Writes a row's codes and returns their scale. */
export function quantizeRow(values: Float32Array, codes: Int8Array): number {
  let largest = 0;
  for (let k = 0; k < values.length; k += 2) {
    const pair = Math.abs(values[k]!) + (k + 1 < values.length ? Math.abs(values[k + 1]!) : 0);
    if (pair > largest) largest = pair;
  }
  const scale = Math.fround(largest / LARGEST);
  if (scale === 0) codes.fill(0);
  // Rounding as in blocks.ts; no code is below -128.
  else for (let k = 0; k < values.length; k++) codes[k] = ((values[k]! / scale + 128.5) | 0) - 128;
  return scale;
}

/** Writes `count` rows of `strip` to columns `first` … of `codes` [columns, rows]. */
function transposeStrip(
  strip: Int8Array,
  { count, columns, stride }: { count: number; columns: number; stride: number },
  codes: Int8Array,
  { first, rows }: { first: number; rows: number },
): void {
  for (let k = 0; k < columns; k++)
    for (let r = 0; r < count; r++) codes[k * rows + first + r] = strip[r * stride + k]!;
}

/** Quantizes x [T, in] to codes uint8 [T, in] and scales float32 [T, 1], each row independently. */
function quantizeTokens(g: Graph, x: string): { codes: string; scale: string; zero: string } {
  const last = g.constant("int64", [1]);
  const reduce = (op: "ReduceMax" | "ReduceMin") => g.op(op, [x, last], { keepdims: 0 });
  const largest = g.op("Max", [reduce("ReduceMax"), g.op("Neg", [reduce("ReduceMin")])]);
  const scale = g.op("Max", [
    g.op("Mul", [largest, g.constant("float32", 1 / LARGEST)]),
    g.constant("float32", LEAST),
  ]);
  const zero = g.constant("uint8", ZERO);
  const zeros = g.op("Expand", [zero, g.op("Shape", [scale])]);
  const codes = g.op("QuantizeLinear", [x, scale, zeros], { axis: 0 });
  return { codes, scale: g.op("Unsqueeze", [scale, last]), zero };
}

/** The operator's common scale of all activations: 1, because each row has its own. */
function one(g: Graph): string {
  return g.constant("float32", 1);
}
