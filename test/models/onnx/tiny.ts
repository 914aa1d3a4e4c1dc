import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { DATA_TYPE, encodeField, encodeOpset, encodeTensor } from "../../../src/models/onnx/onnx-fields.js";
import { Graph } from "../../../src/models/onnx/onnx-graph.js";

/** Encodes a model with any version of the standard operators, as an exporter would. */
export function encodeModel(
  opset: number,
  build: (graph: Graph) => void,
  domains: readonly string[] = [],
): Uint8Array {
  const graph = named(new Graph(opset));
  build(graph);
  return Buffer.concat([
    new BinaryWriter().tag(1, WireType.Varint).int64(8).finish(),
    ...encodeField(7, ...graph.encodeFields()),
    ...encodeField(8, encodeOpset("", opset)),
    ...domains.flatMap((domain) => encodeField(8, encodeOpset(domain, 1))),
  ]);
}

/** Gives a graph a name, which ONNX requires. */
export function named(graph: Graph): Graph {
  graph.rest.push({ no: 2, raw: Buffer.concat(encodeField(2, new TextEncoder().encode("tiny"))) });
  return graph;
}

/** Adds a constant of any shape and type. */
export function tensor(
  graph: Graph,
  name: string,
  dims: readonly number[],
  data: Float32Array | Int8Array | Uint8Array | Int32Array,
): string {
  const type =
    data instanceof Float32Array
      ? DATA_TYPE.float32
      : data instanceof Int8Array
        ? DATA_TYPE.int8
        : data instanceof Int32Array
          ? DATA_TYPE.int32
          : DATA_TYPE.uint8;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  graph.initializers.set(name, { name, type, dims, encoded: encodeTensor(name, type, dims, bytes) });
  return name;
}

/** Returns pseudorandom numbers between -1 and 1, the same in every run. */
export function noise(size: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Adds an If with two branches to a graph; the branches produce values with the same names. */
export function addIf(
  graph: Graph,
  condition: string,
  outputs: readonly string[],
  branches: Readonly<Record<"then_branch" | "else_branch", Graph>>,
): void {
  const entries = Object.entries(branches).map(([name, inner]) => {
    // AttributeProto: name 1, type 20 (GRAPH 5)
    const rest = [
      { no: 1, raw: new BinaryWriter().tag(1, WireType.LengthDelimited).string(name).finish() },
      { no: 20, raw: new BinaryWriter().tag(20, WireType.Varint).int32(5).finish() },
    ];
    return [name, { graph: named(inner), rest }] as const;
  });
  const op = new BinaryWriter().tag(4, WireType.LengthDelimited).string("If").finish();
  graph.nodes.push({
    op: "If",
    domain: "",
    inputs: [condition],
    outputs: [...outputs],
    attributes: new Map(),
    subgraphs: new Map(entries),
    rest: [{ no: 4, raw: op }],
  });
}
