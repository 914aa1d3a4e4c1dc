import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type LoadedExport, loadExport, readExport } from "../../../src/models/export/index.js";
import { Graph } from "../../../src/models/onnx/onnx-graph.js";
import { addIf, encodeModel, noise, tensor } from "../onnx/tiny.js";
import { cache, copyFixture } from "./exports.js";

// Every load compares the edited graph with the original (loadExport throws if they differ), so these tests check the
// edit itself, not numbers.

/** Copies a fixture's folder and replaces its graph. */
function withGraph(fixture: string, bytes: Uint8Array, config: Record<string, unknown> = {}): string {
  const folder = copyFixture(fixture);
  rmSync(path.join(folder, "onnx"), { recursive: true });
  mkdirSync(path.join(folder, "onnx"));
  writeFileSync(path.join(folder, "onnx", "model.onnx"), bytes);
  const file = path.join(folder, "config.json");
  const json = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...json, ...config }));
  return folder;
}

const V = readVocabSize("bert");
const H = 8;

/**
 * A masked model with one embedding: hidden states that depend only on their own row, from which `head` makes logits.
 */
function bagOfTokens(opset: number, head: (g: Graph, hidden: string) => string, domains: string[] = []) {
  return encodeModel(
    opset,
    (g) => {
      const ids = g.input("input_ids", "int64", ["B", "S"]);
      g.input("attention_mask", "int64", ["B", "S"]);
      tensor(g, "embedding", [V, H], noise(V * H, 1));
      const hidden = g.op("Tanh", [g.op("Gather", ["embedding", ids])]);
      g.output("logits", head(g, hidden), "float32", ["B", "S", V]);
    },
    domains,
  );
}

async function loaded<T>(folder: string, look: (model: LoadedExport) => T | Promise<T>): Promise<T> {
  const model = await loadExport(await readExport(folder), { cacheFolder: cache });
  try {
    return await look(model);
  } finally {
    await model.close();
  }
}

const gathersFirst = (folder: string) =>
  loaded(folder, ({ graphs }) => ("model" in graphs ? graphs.model.gathersFirst : undefined));

const weight = (g: Graph, name = "w", dims = [H, V]) => tensor(g, name, dims, noise(H * V, 2));

describe("target rows are selected before the vocabulary product", () => {
  it.each([11, 12, 13, 17, 18, 20, 23])("in version %i of the operators", async (opset) => {
    const bytes = bagOfTokens(opset, (g, hidden) => {
      const product = g.op("MatMul", [hidden, weight(g)]);
      return g.op("Add", [tensor(g, "bias", [V], noise(V, 3)), product]);
    });
    expect(await gathersFirst(withGraph("bert", bytes))).toBe(true);
  });

  const heads: Record<string, (g: Graph, hidden: string) => string> = {
    "through a bias with leading ones (BART)": (g, hidden) =>
      g.op("Add", [g.op("MatMul", [hidden, weight(g)]), tensor(g, "bias", [1, 1, V], noise(V, 3))]),
    "through a soft cap (Gemma)": (g, hidden) => {
      const cap = () => g.constant("float32", 5);
      const small = g.op("Tanh", [g.op("Div", [g.op("MatMul", [hidden, weight(g)]), cap()])]);
      return g.op("Mul", [small, cap()]);
    },
    "through casts": (g, hidden) => {
      const half = (x: string) => g.op("Cast", [x], { to: 10 });
      return g.op("Cast", [g.op("MatMul", [half(hidden), half(weight(g))])], { to: 1 });
    },
    "with a weight that is transposed": (g, hidden) =>
      g.op("MatMul", [hidden, g.op("Transpose", [weight(g, "w", [V, H])], { perm: [1, 0] })]),
    "with a weight in 4 bits": (g, hidden) => {
      const packed = noise(V * 16, 3).map((x) => Math.round(127 * x));
      tensor(
        g,
        "packed",
        [V, 1, 8],
        Uint8Array.from({ length: V * 8 }, (_, k) => packed[k]! & 0xff),
      );
      tensor(g, "scales", [V], noise(V, 4));
      const inputs = [g.op("Concat", [hidden, hidden], { axis: 2 }), "packed", "scales"];
      const attributes = { K: 2 * H, N: V, bits: 4, block_size: 16 };
      return g.add("MatMulNBits", inputs, attributes, 1, "com.microsoft")[0]!;
    },
  };
  it.each(Object.keys(heads))("%s", async (name) => {
    expect(await gathersFirst(withGraph("bert", bagOfTokens(14, heads[name]!, ["com.microsoft"])))).toBe(
      true,
    );
  });

  it("with quantized activations: after their quantization, whose scale all rows share", async () => {
    const folder = withGraph(
      "bert",
      bagOfTokens(14, (g, hidden) => {
        const [quantized, scale, zero] = g.add("DynamicQuantizeLinear", [hidden], {}, 3);
        tensor(
          g,
          "w",
          [H, V],
          Int8Array.from(noise(H * V, 2), (x) => Math.round(127 * x)),
        );
        tensor(g, "w_zero", [], Int8Array.of(0));
        const product = g.op("MatMulInteger", [quantized!, "w", zero!, "w_zero"]);
        const scales = g.op("Mul", [scale!, g.constant("float32", 1 / 127)]);
        const scaled = g.op("Mul", [g.op("Cast", [product], { to: 1 }), scales]);
        return g.op("Add", [scaled, tensor(g, "bias", [V], noise(V, 3))]);
      }),
    );
    expect(await gathersFirst(folder)).toBe(true);
  });
});

describe("target rows are selected from the finished logits", () => {
  const heads: Record<string, (g: Graph, hidden: string) => string> = {
    "if the product is reshaped": (g, hidden) => {
      const shape = g.constant("int64", [0, 0, V]);
      return g.op("Reshape", [g.op("MatMul", [hidden, weight(g)]), shape]);
    },
    "if the addend depends on the row": (g, hidden) => {
      const mean = g.op("ReduceMean", [hidden], { axes: [2], keepdims: 1 });
      return g.op("Add", [g.op("MatMul", [hidden, weight(g)]), mean]);
    },
    "if the addend has its own rows": (g, hidden) => {
      // Every pass of the check has at most this many tokens.
      const rows = g.op("Slice", [
        tensor(g, "rows", [32, V], noise(32 * V, 5)),
        g.constant("int64", [0]),
        g.op("Gather", [g.op("Shape", [hidden]), g.constant("int64", [1])]),
      ]);
      return g.op("Add", [g.op("MatMul", [hidden, weight(g)]), rows]);
    },
    "if the weight is not constant": (g, hidden) => {
      const scale = g.op("Cast", [g.op("Gather", [g.op("Shape", [hidden]), g.constant("int64", 2)])], {
        to: 1,
      });
      return g.op("MatMul", [hidden, g.op("Mul", [weight(g), scale])]);
    },
    "if the product is used twice": (g, hidden) => {
      const product = g.op("MatMul", [hidden, weight(g)]);
      return g.op("Add", [product, g.op("Relu", [product])]);
    },
  };
  it.each(Object.keys(heads))("%s", async (name) => {
    expect(await gathersFirst(withGraph("bert", bagOfTokens(14, heads[name]!)))).toBe(false);
  });
});

describe("padding", () => {
  it("that changes a row's results is detected", async () => {
    // The mean over all tokens, including padding, is added to each.
    const bytes = bagOfTokens(14, (g, hidden) => {
      const mean = g.op("ReduceMean", [hidden], { axes: [1], keepdims: 1 });
      return g.op("MatMul", [g.op("Add", [hidden, mean]), weight(g)]);
    });
    await loaded(withGraph("bert", bytes), ({ padsContexts, notes }) => {
      expect(padsContexts).toBe(false);
      expect(notes.join()).toMatch(/Padding changes/);
    });
  });
});

const [heads, d] = [2, 16];
const size = heads * d;
const W = readVocabSize("llama");

interface CausalOptions {
  /** positions are counted from the length of the past, including padding, and are not an input */
  readonly counts?: boolean;
  /** keys and values are [rows·heads, length, d], as in BLOOM's first exports */
  readonly flat?: boolean;
  /**
   * contained twice in one file, in the branches of an If; "broken": the branch for a past does not read it correctly
   */
  readonly merged?: true | "broken";
}

/** Encodes a causal model with one layer of attention, made of plain operators. */
function causalModel(options: CausalOptions): Uint8Array {
  const { counts, flat, merged } = options;
  const pastDims = flat ? ["rows", "past", d] : ["B", heads, "past", d];
  const presentDims = flat ? ["present_rows", "total", d] : ["B", heads, "total", d];
  const declareOutputs = (g: Graph, [logits, key, value]: readonly string[]) => {
    g.output("logits", logits!, "float32", ["B", "S", W]);
    g.output("present.0.key", key!, "float32", presentDims);
    g.output("present.0.value", value!, "float32", presentDims);
  };
  return encodeModel(14, (g) => {
    g.input("input_ids", "int64", ["B", "S"]);
    g.input("attention_mask", "int64", ["B", "total"]);
    if (!counts) g.input("position_ids", "int64", ["B", "S"]);
    for (const name of ["key", "value"]) g.input(`past_key_values.0.${name}`, "float32", pastDims);
    if (!merged) return declareOutputs(g, layer(g, options, "with"));
    g.input("use_cache_branch", "bool", [1]);
    const branches = { then_branch: new Graph(14, "then/"), else_branch: new Graph(14, "else/") };
    declareOutputs(
      branches.then_branch,
      layer(branches.then_branch, options, merged === "broken" ? "wrong" : "with"),
    );
    declareOutputs(branches.else_branch, layer(branches.else_branch, options, "without"));
    const names = [...branches.then_branch.outputs.keys()];
    addIf(g, "use_cache_branch", names, branches);
    for (const [name, value] of branches.then_branch.outputs) g.outputs.set(name, value);
  });
}

function layer(g: Graph, { counts, flat }: CausalOptions, past: "with" | "without" | "wrong"): string[] {
  const int64 = (values: number | number[]) => g.constant("int64", values);
  const sizes = (x: string, axes: number[]) => g.op("Gather", [g.op("Shape", [x]), int64(axes)]);
  const matrix = (name: string, rows: number, seed: number, columns = size) =>
    tensor(g, name, [rows, columns], noise(rows * columns, seed));
  const range = (from: string, to: string) => g.op("Range", [from, to, int64(1)]);
  const one = (x: string, axis: number) => g.op("Gather", [g.op("Shape", [x]), int64(axis)]);
  const unflat = (x: string) => {
    const [batch, length] = [sizes("input_ids", [0]), sizes(x, [1])];
    const shape = g.op("Concat", [batch, int64([heads]), length, int64([d])], { axis: 0 });
    return g.op("Reshape", [x, shape], { allowzero: 1 });
  };
  const readPast = (name: string) =>
    flat ? unflat(`past_key_values.0.${name}`) : `past_key_values.0.${name}`;
  const own = one("input_ids", 1);
  const before = past === "without" ? int64(0) : one(readPast("key"), 2);
  const total = g.op("Add", [before, own]);
  const positions = counts ? range(before, total) : "position_ids";
  const hidden = g.op("Add", [
    g.op("Gather", [matrix("embedding", W, 1), "input_ids"]),
    g.op("Gather", [matrix("positions", 64, 2), positions]),
  ]);
  const project = (name: string, seed: number) => {
    const shape = int64([0, 0, heads, d]);
    const x = g.op("Reshape", [g.op("MatMul", [hidden, matrix(name, size, seed)]), shape]);
    return g.op("Transpose", [x], { perm: [0, 2, 1, 3] });
  };
  const joined = (name: string, seed: number) =>
    past === "without"
      ? project(name, seed)
      : g.op("Concat", [readPast(name), project(name, seed)], { axis: 2 });
  const [key, value] = [joined("key", 3), joined("value", 4)];
  const scores = g.op("MatMul", [project("query", 5), g.op("Transpose", [key], { perm: [0, 1, 3, 2] })]);
  const hide = (x: string) => g.op("Where", [x, g.constant("float32", 0), g.constant("float32", -1e9)]);
  const tokens = g.op("Cast", [g.op("Unsqueeze", ["attention_mask", int64([1, 2])])], { to: 9 });
  // In the wrong branch, tokens do not attend to anything before this pass.
  const start = past === "wrong" ? int64(0) : before;
  const queries = g.op("Unsqueeze", [range(start, g.op("Add", [start, own])), int64([1])]);
  const causal = g.op("GreaterOrEqual", [queries, range(int64(0), total)]);
  const weights = g.op("Softmax", [g.op("Add", [g.op("Add", [scores, hide(tokens)]), hide(causal)])], {
    axis: -1,
  });
  const attended = g.op("Transpose", [g.op("MatMul", [weights, value])], { perm: [0, 2, 1, 3] });
  const out = g.op("Add", [hidden, g.op("Reshape", [attended, int64([0, 0, size])])]);
  const logits = g.op("MatMul", [out, matrix("out", size, 6, W)]);
  const flattened = (x: string) =>
    g.op("Reshape", [x, g.op("Concat", [int64([-1]), sizes(x, [2, 3])], { axis: 0 })]);
  return [logits, ...(flat ? [flattened(key), flattened(value)] : [key, value])];
}

const modelGraph = ({ graphs }: LoadedExport) => {
  if (!("model" in graphs)) throw new Error("a causal model has one graph");
  return graphs.model;
};

describe("a causal model", () => {
  it("with its own position inputs continues padded rows", async () => {
    await loaded(withGraph("llama", causalModel({})), (model) => {
      const { inputs, outputs, gathersFirst } = modelGraph(model);
      expect(inputs.get("past_rows")).toEqual({ type: "int32", dims: ["B"] });
      // Rows of the past differ from those of this pass.
      expect(inputs.get("past_key_values.0.key")!.dims).toEqual(["past_batch_size", heads, "past", d]);
      expect(outputs).toEqual(["present.0.key", "present.0.value", "log_probs", "is_greedy"]);
      expect([gathersFirst, model.padsContexts, model.notes]).toEqual([true, true, []]);
    });
  });

  it("that counts positions from the past cannot have padding in it", async () => {
    await loaded(withGraph("llama", causalModel({ counts: true })), (model) => {
      expect(modelGraph(model).inputs.has("past_rows")).toBe(true);
      expect(model.padsContexts).toBe(false);
    });
  });

  it("with keys and values of all heads in one axis selects rows of them", async () => {
    await loaded(withGraph("llama", causalModel({ flat: true }), { num_attention_heads: heads }), (model) => {
      expect(modelGraph(model).inputs.has("past_rows")).toBe(true);
      expect(model.padsContexts).toBe(true);
    });
  });

  it("that is merged keeps the branch for a past", async () => {
    const folder = withGraph("llama", causalModel({ merged: true }));
    await loaded(folder, (model) => {
      expect([...modelGraph(model).inputs.keys()]).not.toContain("use_cache_branch");
      expect(modelGraph(model).inputs.has("past_rows")).toBe(true);
      expect(model.padsContexts).toBe(true);
    });
  });

  it("whose branch for a past is wrong keeps the other", async () => {
    const folder = withGraph("llama", causalModel({ merged: "broken" }));
    await loaded(folder, (model) => {
      const { inputs, outputs } = modelGraph(model);
      expect([...inputs.keys()].filter((name) => name.startsWith("past"))).toEqual([]);
      expect(outputs).toEqual(["log_probs", "is_greedy"]);
      expect(model.notes.join()).toMatch(/cannot continue/);
    });
  });
});

/** The same with ONNX Runtime's GroupQueryAttention and rotary positions, as in the hub's newer exports. */
function groupQuery(): Uint8Array {
  return encodeModel(
    14,
    (g) => {
      const ids = g.input("input_ids", "int64", ["batch_size", "sequence_length"]);
      const mask = g.input("attention_mask", "int64", ["batch_size", "total_sequence_length"]);
      for (const name of ["key", "value"])
        g.input(`past_key_values.0.${name}`, "float32", ["batch_size", heads, "past_sequence_length", d]);
      g.input("num_logits_to_keep", "int64", []);
      tensor(g, "embedding", [W, size], noise(W * size, 1));
      const hidden = g.op("Gather", ["embedding", ids]);
      const project = (name: string, seed: number) =>
        g.op("MatMul", [hidden, tensor(g, name, [size, size], noise(size * size, seed))]);
      const lengths = g.op("Sub", [
        g.op("ReduceSum", [mask, g.constant("int64", [1])], { keepdims: 0 }),
        g.constant("int64", [1]),
      ]);
      const total = g.op("Gather", [g.op("Shape", [mask]), g.constant("int64", 1)]);
      const int32 = (x: string) => g.op("Cast", [x], { to: 6 });
      const angles = (f: (x: number) => number) =>
        Float32Array.from({ length: 64 * (d / 2) }, (_, k) =>
          f(Math.floor(k / (d / 2)) * 10 ** -(k % (d / 2))),
        );
      tensor(g, "cos", [64, d / 2], angles(Math.cos));
      tensor(g, "sin", [64, d / 2], angles(Math.sin));
      const [attended, key, value] = g.add(
        "GroupQueryAttention",
        [
          ...[project("q", 2), project("k", 3), project("v", 4)],
          ...["past_key_values.0.key", "past_key_values.0.value", int32(lengths), int32(total), "cos", "sin"],
        ],
        { num_heads: heads, kv_num_heads: heads, do_rotary: 1 },
        3,
        "com.microsoft",
      );
      const sum = g.op("Add", [hidden, attended!]);
      // Slice(-0) is everything, as in transformers' own code.
      const last = g.op("Reshape", [g.op("Neg", ["num_logits_to_keep"]), g.constant("int64", [1])]);
      const end = g.constant("int64", [1000000]);
      const kept = g.op("Slice", [sum, last, end, g.constant("int64", [1])]);
      const out = tensor(g, "out", [size, W], noise(size * W, 5));
      g.output("logits", g.op("MatMul", [kept, out]), "float32", ["batch_size", "sequence_length", W]);
      const dims = ["batch_size", heads, "total_sequence_length", d];
      g.output("present.0.key", key!, "float32", dims);
      g.output("present.0.value", value!, "float32", dims);
    },
    ["com.microsoft"],
  );
}

describe("a causal model that cannot continue several rows at once (GroupQueryAttention)", () => {
  it("starts every pass from scratch, without a past", async () => {
    await loaded(withGraph("llama", groupQuery()), (model) => {
      const { padsContexts, notes } = model;
      const { inputs, outputs, gathersFirst } = modelGraph(model);
      expect([...inputs.keys()].sort()).toEqual(
        ["attention_mask", "input_ids", "pick_ids", "pick_rows", "target_rows"].sort(),
      );
      expect(outputs).toEqual(["log_probs", "is_greedy"]);
      expect([gathersFirst, padsContexts]).toEqual([true, true]);
      expect(notes.join()).toMatch(/cannot continue/);
    });
  });
});

function readVocabSize(fixture: string): number {
  const file = path.resolve("test/fixtures/exports", fixture, "config.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { vocab_size: number }).vocab_size;
}
