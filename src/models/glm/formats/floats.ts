import { GlmEvalError } from "../../../errors.js";
import { DATA_TYPE } from "../../onnx/index.js";
import { firstBeyondHalf, toHalf } from "./half.js";
import { declarePart, type FloatFormat, type LinearFormat } from "./weight-format.js";

/** Weights as the checkpoint's values are handed on: converting is copying. */
export const float32: FloatFormat = {
  parts: (shape) => [{ suffix: "", type: "float32", shape }],
  async *encode({ chunks }) {
    let at = 0;
    for await (const chunk of chunks) {
      yield { part: 0, at, bytes: bytesOf(chunk) };
      at += chunk.byteLength;
    }
  },
  read: (g, { parts: [part] }) => declarePart(g, part!),
};

/**
 * Weights in half precision (IEEE 754 binary16), rounded to nearest. ONNX Runtime casts them to float32 once, when it
 * loads the graph: it computes as with float32 weights of these values.
 */
export const float16: FloatFormat = {
  parts: (shape) => [{ suffix: "", type: "float16", shape }],
  async *encode({ name, chunks }) {
    let at = 0;
    for await (const chunk of chunks) {
      const beyond = firstBeyondHalf(chunk);
      if (beyond >= 0)
        throw new GlmEvalError(
          "weight-beyond-dtype",
          `${name}: ${chunk[beyond]} is beyond what float16 holds (±65504)`,
          {
            hint: "Use --dtype fp32, or int8, q8 or q4 for a small file.",
          },
        );
      const halves = toHalf(chunk);
      yield { part: 0, at, bytes: bytesOf(halves) };
      at += halves.byteLength;
    }
  },
  read(g, { parts: [part] }) {
    const cast = `${part!.name}.float32`;
    if (!g.initializers.has(part!.name))
      g.alias(cast, g.op("Cast", [declarePart(g, part!)], { to: DATA_TYPE.float32 }));
    return cast;
  },
};

/**
 * Bytes between places that share one set of a processor's first cache (64 sets of lines of 64 bytes, on all of x86). A
 * product reads the rows of its activations side by side, 12 at a time on processors with AVX-512: rows that lie a multiple
 * of this apart drive each other out of a set of 8 lines, and the product takes a fifth longer (docs/performance.md).
 */
const SAME_SET = 4096;
/** Float32 values in a line of the cache. */
const LINE = 16;

/** Products with matrices of a float format. Gemm with transB reads torch's layout as it is: nothing is transposed. */
export function floatLinear(format: FloatFormat): LinearFormat {
  return {
    ...format,
    // Activations are float32, whatever the weights are.
    width: (columns) => ((4 * columns) % SAME_SET === 0 ? columns + LINE : columns),
    joint: false,
    products: (g, x, matrices) =>
      matrices.map((stored) => g.op("Gemm", [x, format.read(g, stored)], { transB: 1 })),
  };
}

function bytesOf(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
