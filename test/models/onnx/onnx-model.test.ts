import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { GlmEvalError } from "../../../src/errors.js";
import {
  findConsumers,
  inlineBranch,
  listGraphs,
  OnnxModel,
  openSession,
  prune,
  replaceInput,
} from "../../../src/models/onnx/index.js";
import { Graph } from "../../../src/models/onnx/onnx-graph.js";
import { addIf, encodeModel, noise, tensor } from "./tiny.js";

const EXPORTS = path.resolve("test/fixtures/exports");
const files = readdirSync(EXPORTS, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".onnx"),
);
const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const encoded = (model: OnnxModel): Buffer => Buffer.concat(model.encode());

describe("reading and writing a model", () => {
  it("has fixtures from several exporters", () => expect(files.length).toBeGreaterThan(20));

  it.each(files)("preserves every byte: %s", async (name) => {
    const file = path.join(EXPORTS, name);
    const model = await OnnxModel.read(file);
    expect(encoded(model).equals(readFileSync(file))).toBe(true);
    const copy = path.join(work, "copy.onnx");
    await model.write(copy);
    expect(readFileSync(copy).equals(readFileSync(file))).toBe(true);
  });

  it("keeps unknown fields of the model, the graph and its nodes", () => {
    const known = encodeModel(14, (g) => {
      const x = g.input("x", "float32", ["n"]);
      g.output("y", g.op("Neg", [x]), "float32", ["n"]);
    });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
        const model = OnnxModel.decode(known);
        // Field 3000 of every message, length-delimited: tag 3000 << 3 | 2 = 24002.
        const unknown = Buffer.concat([Buffer.from([0xc2, 0xbb, 0x01, bytes.length]), bytes]);
        model.graph.rest.push({ no: 3000, raw: unknown });
        const [node] = model.graph.nodes;
        model.graph.nodes[0] = { ...node!, rest: [...node!.rest, { no: 3000, raw: unknown }] };
        const all = Buffer.concat([encoded(model), unknown]);
        expect(encoded(OnnxModel.decode(all)).equals(all)).toBe(true);
      }),
    );
  });

  it("lists the contents of a graph", async () => {
    const { graph, inputs, externalFiles } = await OnnxModel.read(path.join(EXPORTS, "bert/onnx/model.onnx"));
    expect(graph.opset).toBe(14);
    expect([...inputs.keys()]).toEqual(["input_ids", "attention_mask", "token_type_ids"]);
    expect(inputs.get("input_ids")!.dims).toEqual(["batch_size", "sequence_length"]);
    const weights = graph.initializers.get("model.bert.embeddings.position_embeddings.weight")!;
    expect([weights.type, weights.dims, weights.location]).toEqual([1, [128, 32], undefined]);
    expect(externalFiles).toEqual([]);
    const neox = await OnnxModel.read(path.join(EXPORTS, "gpt_neox/onnx/model.onnx"));
    expect(neox.externalFiles).toEqual(["model.onnx_data"]);
  });

  it("does not require an input for a constant with a default", () => {
    const model = OnnxModel.decode(
      encodeModel(14, (g) => {
        g.input("x", "float32", [2]);
        g.input("w", "float32", [2]);
        tensor(g, "w", [2], noise(2, 1));
        g.output("y", g.op("Add", ["x", "w"]), "float32", [2]);
      }),
    );
    expect([...model.inputs.keys()]).toEqual(["x"]);
  });
});

describe("a file that is not a model", () => {
  const whole = readFileSync(path.join(EXPORTS, "bert/onnx/model.onnx"));
  const bad: [string, Uint8Array, RegExp][] = [
    ["half of a model", whole.subarray(0, whole.length / 2), /damaged or incomplete/],
    ["text", Buffer.from("<html>not found</html>"), /damaged or incomplete/],
    ["an empty file", Buffer.alloc(0), /damaged or incomplete/],
    [
      "a Git LFS pointer",
      Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:00\n"),
      /git lfs pull/,
    ],
  ];
  it.each(bad)("is refused: %s", async (_, bytes, hint) => {
    const file = path.join(work, "bad.onnx");
    writeFileSync(file, bytes);
    const error = await OnnxModel.read(file).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(GlmEvalError);
    expect(error).toMatchObject({ kind: "data", message: expect.stringContaining(file) });
    expect((error as GlmEvalError).hint).toMatch(hint);
  });

  it("so is one that does not exist", async () => {
    const error = await OnnxModel.read(path.join(work, "none.onnx")).catch((e: unknown) => e);
    expect(error).toMatchObject({
      kind: "model",
      message: expect.stringMatching(/none\.onnx does not exist/),
    });
  });
});

describe("edits", () => {
  /** y = (x + w) · v, z = x · u */
  const two = () =>
    OnnxModel.decode(
      encodeModel(14, (g) => {
        const x = g.input("x", "float32", ["n", 3]);
        tensor(g, "w", [3], noise(3, 1));
        tensor(g, "v", [3, 2], noise(6, 2));
        tensor(g, "u", [3, 2], noise(6, 3));
        g.output("y", g.op("MatMul", [g.op("Add", [x, "w"]), "v"]), "float32", ["n", 2]);
        g.output("z", g.op("MatMul", [x, "u"]), "float32", ["n", 2]);
      }),
    );

  async function run(model: OnnxModel, x: readonly number[]): Promise<Record<string, number[]>> {
    const file = path.join(work, "run.onnx");
    await model.write(file);
    const session = await openSession(file);
    try {
      const feeds = { x: { type: "float32", data: Float32Array.from(x), dims: [x.length / 3, 3] } } as const;
      const outputs = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(outputs).map(([k, { data }]) => [k, [...(data as Float32Array)]]),
      );
    } finally {
      await session.close();
    }
  }

  it("removes what only a dropped output needed", async () => {
    const model = two();
    const before = await run(model, [1, 2, 3]);
    model.graph.outputs.delete("y");
    prune(model.graph);
    expect([...model.graph.initializers.keys()]).toEqual(["u"]);
    expect(model.graph.nodes.map(({ op }) => op)).toEqual(["MatMul", "Identity"]);
    expect(await run(model, [1, 2, 3])).toEqual({ z: before.z });
  });

  it("an operator can be inserted before the readers of a value, wherever it is added", async () => {
    const model = two();
    const { graph } = model;
    const readers = findConsumers(graph, "x");
    expect(readers.map(({ op }) => op)).toEqual(["Add", "MatMul"]);
    const rows = graph.constant("int64", [1, 0]);
    const swapped = graph.op("Gather", ["x", rows], { axis: 0 });
    for (const node of readers) replaceInput(node, "x", swapped);
    prune(graph);
    const given = await run(two(), [4, 5, 6, 1, 2, 3]);
    expect(await run(model, [1, 2, 3, 4, 5, 6])).toEqual(given);
    // Sorted so that each node follows those it reads.
    const made = new Set(["x", "w", "u", "v", rows]);
    for (const node of graph.nodes) {
      for (const input of node.inputs) expect(made.has(input)).toBe(true);
      for (const output of node.outputs) made.add(output);
    }
  });

  it("imports ONNX Runtime's own operators if an edit starts using them", async () => {
    const model = two();
    const imports = (m: OnnxModel) => encoded(m).includes("com.microsoft");
    expect(imports(model)).toBe(false);
    const [gelu] = model.graph.add("Gelu", ["x"], {}, 1, "com.microsoft");
    model.graph.output("g", gelu!, "float32", ["n", 3]);
    expect(imports(model)).toBe(true);
    const { g } = await run(model, [0, 1, 2]);
    // x·Φ(x) at 0, 1 and 2
    expect(g).toEqual([0, expect.closeTo(0.8413447, 5), expect.closeTo(1.9544997, 5)]);
  });

  /** y = flag ? x·a : x·b, with separate constants in each branch, and an If in the second one. */
  const merged = (names: readonly [string, string]) =>
    OnnxModel.decode(
      encodeModel(14, (g) => {
        g.input("flag", "bool", [1]);
        g.input("x", "float32", ["n", 3]);
        tensor(g, "shared", [3], noise(3, 4));
        const branch = (name: string, seed: number) => {
          const inner = new Graph(14, `${name}/`);
          tensor(inner, `own_${name}`, [3, 2], noise(6, seed));
          const product = inner.op("MatMul", [inner.op("Add", ["x", "shared"]), `own_${name}`]);
          inner.output(name, product, "float32", ["n", 2]);
          return inner;
        };
        addIf(g, "flag", ["y"], { then_branch: branch(names[0], 5), else_branch: branch(names[1], 6) });
        g.outputs.set(
          "y",
          OnnxModel.decode(
            encodeModel(14, (h) => h.output("y", h.input("q", "float32", []), "float32", ["n", 2])),
          ).graph.outputs.get("y")!,
        );
      }),
    );

  it.each([
    ["then_branch", ["y", "y"], 1],
    ["else_branch", ["y", "y"], 0],
    ["then_branch", ["a", "b"], 1],
    ["else_branch", ["a", "b"], 0],
  ] as const)("%s replaces the If, with outputs named %s", async (branch, names, flag) => {
    const file = path.join(work, "merged.onnx");
    await merged(names).write(file);
    const session = await openSession(file);
    const x = [1, 2, 3, -1, 0, 1];
    const { y } = await session.run({
      flag: { type: "bool", data: Uint8Array.of(flag), dims: [1] },
      x: { type: "float32", data: Float32Array.from(x), dims: [2, 3] },
    });
    await session.close();

    const model = merged(names);
    const { graph } = model;
    inlineBranch(graph, graph.nodes.find(({ op }) => op === "If")!, branch);
    graph.inputs.delete("flag");
    prune(graph);
    expect(listGraphs(graph)).toEqual([graph]);
    const kept = `own_${names[branch === "then_branch" ? 0 : 1]}`;
    expect([...graph.initializers.keys()].sort()).toEqual([kept, "shared"].sort());
    expect((await run(model, x)).y).toEqual([...(y!.data as Float32Array)]);
  });

  it("reads inside subgraphs are found and redirected", () => {
    const { graph } = merged(["a", "b"]);
    expect(findConsumers(graph, "shared").map(({ op }) => op)).toEqual(["If"]);
    replaceInput(graph.nodes[0]!, "shared", "other");
    expect(findConsumers(graph, "shared")).toEqual([]);
    expect(findConsumers(graph, "other")).toHaveLength(1);
    prune(graph);
    expect([...graph.initializers.keys()]).toEqual([]);
  });
});
