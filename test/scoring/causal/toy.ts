import type { LoadedExport } from "../../../src/models/export/index.js";
import type { Tensor } from "../../../src/models/onnx/index.js";
import { letters } from "../letters.js";

export interface ToyOptions {
  /** layout of keys and values; "none": the graph has no cache */
  readonly cache?: "heads" | "fused" | "none";
  readonly type?: "float32" | "float16";
  /** whether the graph has a position input; otherwise it counts all columns, including padding */
  readonly positions?: boolean;
  readonly maxLength?: number;
  /** how many columns back a token attends */
  readonly window?: number;
  /** elements of a token's key and of its value as declared by the graph; the toy itself has one */
  readonly size?: number;
}

/** The input of one pass. */
export interface ToyPass {
  readonly rows: number;
  readonly columns: number;
  readonly past: number;
  readonly fetch: readonly string[];
}

export interface Toy extends LoadedExport {
  readonly passes: ToyPass[];
}

/**
 * log p(id | tokens at positions 0, 1, 2 …) of the toy: any number that depends on every token and its position.
 * @param window how many of the tokens count, from the last
 */
export function toyLogProb(tokens: readonly number[], id: number, window: number): number {
  const seen = tokens.flatMap((token, position) => [token, position]);
  return -hash([...seen.slice(-2 * window), id]);
}

/** Of the numbers 0.000 … 9.999. */
function hash(values: readonly number[]): number {
  let h = 2166136261;
  for (const value of values) h = Math.imul(h ^ value, 16777619) >>> 0;
  return (h % 10000) / 1000;
}

/**
 * A causal model whose arithmetic is a hash: its keys are token ids and its values positions, so that a wrong row, mask,
 * position or past gives another number. Like a session it takes the buffers of its feeds away.
 */
export function toy(options: ToyOptions = {}): Toy {
  const { cache = "heads", type = "float32", positions = true, maxLength = 1000, size = 1, window } = options;
  const heads = cache === "fused" ? 2 : 1;
  const passes: ToyPass[] = [];
  const past = { key: "past_key_values.0.key", value: "past_key_values.0.value" };
  const fused = { key: ["B x heads", size, "past"], value: ["B x heads", "past", size] };
  const dims = cache === "fused" ? fused : { key: ["B", 1, "past", size], value: ["B", 1, "past", size] };
  const integers = { type: "int64", dims: ["B", "S"] } as const;
  const list = { type: "int32", dims: ["K"] } as const;
  const inputs = new Map<string, { type: Tensor["type"]; dims: readonly (number | string)[] }>([
    ["input_ids", integers],
    ["attention_mask", integers],
    ...(positions ? ([["position_ids", integers]] as const) : []),
    ...(["target_rows", "pick_rows", "pick_ids"] as const).map((name) => [name, list] as const),
    ...(cache === "none"
      ? []
      : ([
          ["past_rows", list],
          [past.key, { type, dims: dims.key }],
          [past.value, { type, dims: dims.value }],
        ] as const)),
  ]);

  function run(feeds: Record<string, Tensor>, fetch: readonly string[]): Record<string, Tensor> {
    const unknown = Object.keys(feeds).find((name) => !inputs.has(name));
    const missing = [...inputs.keys()].find((name) => !(name in feeds));
    if (unknown ?? missing) throw new Error(`unknown input ${unknown}, missing input ${missing}`);
    const ints = (name: string) => Array.from(feeds[name]!.data, Number);
    const [rows, columns] = feeds.input_ids!.dims as [number, number];
    const pastRows = cache === "none" ? [] : ints("past_rows");
    const before = cache === "none" ? 0 : (feeds[past.value]!.dims[cache === "fused" ? 1 : 2] as number);
    const width = before + columns;
    if (width > maxLength) throw new Error(`${width} columns, the model has ${maxLength}`);
    passes.push({ rows, columns, past: before, fetch });
    const ids = ints("input_ids");
    const mask = ints("attention_mask");
    const told = positions ? ints("position_ids") : undefined;
    if (told?.some((position) => position >= maxLength)) throw new Error("a position past the last");
    const read = (name: string, r: number, j: number) =>
      Number(feeds[name]!.data[pastRows[r]! * heads * before + j]);
    const history = Array.from({ length: rows }, (_, r) =>
      Array.from({ length: width }, (_, j) =>
        j < before
          ? { id: read(past.key, r, j), position: read(past.value, r, j) }
          : {
              id: ids[r * columns + j - before]!,
              position: told?.[r * columns + j - before] ?? j,
            },
      ),
    );
    const targets = ints("target_rows");
    const picks = ints("pick_ids");
    const values = ints("pick_rows").map((target, k) => {
      const r = Math.floor(targets[target]! / columns);
      const column = before + (targets[target]! % columns);
      const seen = history[r]!.filter(
        (_, j) => j <= column && j > column - (window ?? width) && mask[r * width + j] === 1,
      );
      return hash([...seen.flatMap(({ id, position }) => [id, position]), picks[k]!]);
    });
    const present = (of: "id" | "position", shape: readonly number[]): Tensor => {
      const data = history.flatMap((row) =>
        Array.from({ length: heads }, () => row.map((t) => t[of])).flat(),
      );
      return {
        type,
        dims: shape,
        data: type === "float32" ? Float32Array.from(data) : Uint16Array.from(data),
      };
    };
    const outputs: Record<string, Tensor> = {
      log_probs: { type: "float32", dims: [values.length], data: Float32Array.from(values, (v) => -v) },
      is_greedy: {
        type: "bool",
        dims: [values.length],
        data: Uint8Array.from(values, (v) => (v < 5 ? 1 : 0)),
      },
    };
    if (fetch.includes("present.0.key")) {
      outputs["present.0.key"] = present(
        "id",
        cache === "fused" ? [rows * 2, 1, width] : [rows, 1, width, 1],
      );
      outputs["present.0.value"] = present(
        "position",
        cache === "fused" ? [rows * 2, width, 1] : [rows, 1, width, 1],
      );
    }
    return outputs;
  }

  return {
    passes,
    folder: "toy",
    config: {
      modelType: "toy",
      family: "causal",
      layers: 1,
      hidden: 2,
      heads: 2,
      vocabSize: letters.size,
      maxLength,
      tied: false,
      ...(window !== undefined && { window }),
    },
    tokenizer: letters,
    dtype: "fp32",
    mmap: false,
    padsContexts: positions,
    graphs: {
      model: {
        inputs,
        outputs: [
          "log_probs",
          "is_greedy",
          ...(cache === "none" ? [] : ["present.0.key", "present.0.value"]),
        ],
        gathersFirst: true,
        session: {
          async run(feeds, { fetch = [] } = {}) {
            const transfer = [...new Set(Object.values(feeds).map(({ data }) => data.buffer as ArrayBuffer))];
            return run(structuredClone(feeds, { transfer }), fetch);
          },
          async close() {},
        },
      },
    },
    hashes: { weights: "toy", tokenizer: "letters" },
    parameters: 0,
    notes: [],
    async close() {},
  };
}
