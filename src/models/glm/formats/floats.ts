import { GlmEvalError } from "../../../errors.js";
import { DATA_TYPE } from "../../onnx/index.js";
import { findBeyondHalf, toHalf } from "./half.js";
import { declarePart, type FloatFormat, type LinearFormat } from "./weight-format.js";

/** Weights in float32, which the checkpoint reader returns: conversion is a plain copy. */
export const float32: FloatFormat = {
  parts: (shape) => [{ suffix: "", type: "float32", shape }],
  async *encode({ chunks }) {
    let at = 0;
    for await (const chunk of chunks) {
      yield { part: 0, at, bytes: toBytes(chunk) };
      at += chunk.byteLength;
    }
  },
  read: (g, { parts: [part] }) => declarePart(g, part!),
};

/**
 * Weights in half precision (IEEE 754 binary16), rounded to nearest. ONNX Runtime casts them to float32 once, when it
 * loads the graph, and then computes exactly as with float32 weights of these values.
 */
export const float16: FloatFormat = {
  parts: (shape) => [{ suffix: "", type: "float16", shape }],
  async *encode({ name, chunks }) {
    let at = 0;
    for await (const chunk of chunks) {
      const beyond = findBeyondHalf(chunk);
      if (beyond >= 0)
        throw new GlmEvalError(
          "weight-beyond-dtype",
          `${name}: ${chunk[beyond]} is outside the range of float16 (±65504)`,
          {
            hint: "Use --dtype fp32, or int8, q8 or q4 for a smaller file.",
          },
        );
      const halves = toHalf(chunk);
      yield { part: 0, at, bytes: toBytes(halves) };
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
 * Distance in bytes between addresses that map to the same set of a processor's L1 cache (64 sets of 64-byte lines on
 * all x86 processors). A product reads several rows of its activations in parallel, 12 on processors with AVX-512: rows
 * that are a multiple of this distance apart evict each other from a set of 8 lines, and the product takes 20 % longer
 * (docs/performance.md).
 */
const SAME_SET = 4096;
/** Number of float32 values in a cache line. */
const LINE = 16;

/** Products with matrices in a float format. Gemm with transB reads torch's layout directly: nothing is transposed. */
export function createFloatLinear(format: FloatFormat): LinearFormat {
  return {
    ...format,
    // Activations are float32 regardless of the weights' format.
    width: (columns) => ((4 * columns) % SAME_SET === 0 ? columns + LINE : columns),
    joint: false,
    products: (g, x, matrices) =>
      matrices.map((stored) => g.op("Gemm", [x, format.read(g, stored)], { transB: 1 })),
  };
}

function toBytes(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
