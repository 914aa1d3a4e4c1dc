import { DATA_TYPE, type Graph, intAttribute } from "../onnx/index.js";

/** Parameters of a graph. Matrices with a row for every token are apart: several graphs may hold the same one. */
export interface ParameterCount {
  /** all but the vocabulary's matrices */
  readonly inner: number;
  /** the other dimension of each matrix of the vocabulary */
  readonly vocabulary: readonly number[];
}

const FLOATS = new Set<number>([DATA_TYPE.float32, DATA_TYPE.float16, DATA_TYPE.bfloat16]);
const BYTES = new Set<number>([DATA_TYPE.int8, DATA_TYPE.uint8]);
/** Operators whose constants are tables that follow from the shape, no parameters. */
const COMPUTED = new Set(["RotaryEmbedding", "GroupQueryAttention"]);
/** Operators with packed weights whose number of elements is not in their shape. */
const PACKED = new Set(["MatMulBnb4", "GatherBlockQuantized"]);

/**
 * Counts weights: float tensors, and matrices of bytes and few bits that stand for such.
 * @returns undefined where a packed format does not say how many there are
 */
export function parameterCount(graph: Graph, vocabSize: number): ParameterCount | undefined {
  let inner = 0;
  const vocabulary: number[] = [];
  const add = (dims: readonly number[]): void => {
    const [rows, columns] = dims;
    // BART's final_logits_bias: a constant that training does not touch.
    if (dims.length === 2 && rows === 1 && columns === vocabSize) return;
    if (dims.length === 2 && (rows === vocabSize || columns === vocabSize))
      vocabulary.push(rows === vocabSize ? columns! : rows!);
    else inner += dims.reduce((product, size) => product * size, 1);
  };
  const elsewhere = new Set<string>();
  for (const node of graph.nodes) {
    if (PACKED.has(node.op)) return undefined;
    const isBlocks = node.op === "MatMulNBits";
    if (isBlocks) add([intAttribute(node, "N") ?? 0, intAttribute(node, "K") ?? 0]);
    if (isBlocks || COMPUTED.has(node.op)) for (const name of node.inputs.slice(1)) elsewhere.add(name);
  }
  for (const { name, type, dims } of graph.initializers.values()) {
    if (elsewhere.has(name) || dims.length === 0) continue;
    if (FLOATS.has(type) || (BYTES.has(type) && dims.length === 2)) add(dims);
  }
  return { inner, vocabulary };
}

/**
 * Parameters of a model of several graphs. A tied model's vocabulary matrix is written out once for its embedding and,
 * transposed, once for its head: it counts once.
 */
export function totalParameters(
  graphs: readonly (ParameterCount | undefined)[],
  vocabSize: number,
  tied: boolean,
): number | undefined {
  let total = 0;
  const columns = new Map<number, number>();
  for (const graph of graphs) {
    if (!graph) return undefined;
    total += graph.inner;
    for (const width of graph.vocabulary) columns.set(width, (columns.get(width) ?? 0) + 1);
  }
  for (const [width, times] of columns) total += vocabSize * width * Math.min(times, tied ? 1 : 2);
  return total;
}
