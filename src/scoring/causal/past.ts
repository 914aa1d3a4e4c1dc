import { GlmEvalError } from "../../errors.js";
import type { ExportConfig, ExportGraph } from "../../models/export/index.js";
import type { Tensor } from "../../models/onnx/index.js";

/** A graph's keys and values, as one pass outputs them (`present.*`) and another reads them (`past_key_values.*`). */
export interface Past {
  /** the outputs of a pass that another pass can continue */
  readonly outputs: readonly string[];
  /** bytes of one token's keys and values, all layers together */
  readonly bytesPerToken: number;
  /** Makes the feeds of a pass that continues nothing. */
  none(): Record<string, Tensor>;
  /**
   * Makes the feeds of a pass that continues an earlier one, from that one's outputs, without a copy.
   * @param range copies only these of its rows: the first that is continued, and the one after the last
   */
  feeds(present: Readonly<Record<string, Tensor>>, range?: readonly [number, number]): Record<string, Tensor>;
}

interface Cache {
  readonly input: string;
  readonly output: string;
  readonly type: "float32" | "float16";
  /** sizes of the axes after the first; the length's is 0 */
  readonly sizes: readonly number[];
}

/**
 * Reads the layout of a graph's past: [B, heads, length, size] for each layer's keys and values. BLOOM's older exports have
 * one row per head of each text: [B·heads, size, length] for keys, [B·heads, length, size] for values.
 * @returns undefined for a graph exported without a cache
 * @throws GlmEvalError (model) for dimensions of any other kind
 */
export function readPast({ inputs, outputs }: ExportGraph, config: ExportConfig): Past | undefined {
  const caches = [...inputs].flatMap(([name, { type, dims }]): Cache[] => {
    if (!name.startsWith("past") || name === "past_rows") return [];
    const output = name.replace(/^[^.]*/, "present");
    const [first, ...others] = dims;
    const lengths = others.filter((size) => typeof size !== "number").length;
    const known = typeof first === "string" && lengths === 1 && (dims.length === 4 || dims.length === 3);
    if (!known || (type !== "float32" && type !== "float16") || !outputs.includes(output))
      throw new GlmEvalError(
        "export-not-supported",
        `the graph's input ${name} is ${type} [${dims.join(", ")}]; expected float32 or float16 [batch, heads, length, size] with fixed numbers of heads and size, and an output ${output}`,
        { hint: "Export the model again with a current version of optimum." },
      );
    return [{ input: name, output, type, sizes: others.map((d) => (typeof d === "number" ? d : 0)) }];
  });
  if (caches.length === 0) return undefined;
  const perRow = countRowsPerText(caches, config);
  const bytes = ({ type, sizes }: Cache) =>
    sizes.reduce((product, size) => product * (size || 1), type === "float32" ? 4 : 2) * perRow;
  return {
    outputs: caches.map(({ output }) => output),
    bytesPerToken: caches.reduce((sum, cache) => sum + bytes(cache), 0),
    none: () =>
      Object.fromEntries(
        caches.map(({ input, type, sizes }) => {
          const data = type === "float32" ? new Float32Array(0) : new Uint16Array(0);
          return [input, { type, data, dims: [perRow, ...sizes] }];
        }),
      ),
    feeds: (present, range) =>
      Object.fromEntries(
        caches.map(({ input, output }) => {
          const whole = present[output]!;
          return [input, range ? slice(whole, range[0] * perRow, range[1] * perRow) : whole];
        }),
      ),
  };
}

function countRowsPerText(caches: readonly Cache[], { heads }: ExportConfig): number {
  if (caches.every(({ sizes }) => sizes.length === 3)) return 1;
  if (caches.every(({ sizes }) => sizes.length === 2) && heads !== undefined) return heads;
  throw new GlmEvalError(
    "export-not-supported",
    "the graph's past keys and values have 3 dimensions, but config.json does not give the number of heads",
  );
}

function slice({ type, data, dims }: Tensor, from: number, to: number): Tensor {
  const [, ...others] = dims;
  const row = others.reduce((product, size) => product * size, 1);
  return { type, data: data.slice(from * row, to * row), dims: [to - from, ...others] };
}
