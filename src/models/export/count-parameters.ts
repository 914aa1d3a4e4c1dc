import { DATA_TYPE, type Graph, readIntAttribute } from "../onnx/index.js";

/**
 * The parameters of a graph. Matrices with a row per token are counted separately: several graphs may contain the
 * same one.
 */
export interface ParameterCount {
  /** all except the vocabulary's matrices */
  readonly inner: number;
  /** the other dimension of each vocabulary matrix */
  readonly vocabulary: readonly number[];
}

const FLOATS = new Set<number>([DATA_TYPE.float32, DATA_TYPE.float16, DATA_TYPE.bfloat16]);
const BYTES = new Set<number>([DATA_TYPE.int8, DATA_TYPE.uint8]);
/** Operators whose constants are tables derived from the shape, not parameters. */
const COMPUTED = new Set(["RotaryEmbedding", "GroupQueryAttention"]);
/** Operators with packed weights, whose shape does not show the number of elements. */
const PACKED = new Set(["MatMulBnb4", "GatherBlockQuantized"]);

/**
 * Counts weights: float tensors, and matrices of bytes or fewer bits that represent floats.
 * @returns undefined if a packed format does not show how many there are
 */
export function countParameters(graph: Graph, vocabSize: number): ParameterCount | undefined {
  let inner = 0;
  const vocabulary: number[] = [];
  const add = (dims: readonly number[]): void => {
    const [rows, columns] = dims;
    // BART's final_logits_bias: a constant that is not trained.
    if (dims.length === 2 && rows === 1 && columns === vocabSize) return;
    if (dims.length === 2 && (rows === vocabSize || columns === vocabSize))
      vocabulary.push(rows === vocabSize ? columns! : rows!);
    else inner += dims.reduce((product, size) => product * size, 1);
  };
  const countedOrComputed = new Set<string>();
  for (const node of graph.nodes) {
    if (PACKED.has(node.op)) return undefined;
    const isBlocks = node.op === "MatMulNBits";
    if (isBlocks) add([readIntAttribute(node, "N") ?? 0, readIntAttribute(node, "K") ?? 0]);
    if (isBlocks || COMPUTED.has(node.op))
      for (const name of node.inputs.slice(1)) countedOrComputed.add(name);
  }
  for (const { name, type, dims } of graph.initializers.values()) {
    if (countedOrComputed.has(name) || dims.length === 0) continue;
    if (FLOATS.has(type) || (BYTES.has(type) && dims.length === 2)) add(dims);
  }
  return { inner, vocabulary };
}

/**
 * Sums the parameters of a model with several graphs. A tied model's vocabulary matrix is exported once for its
 * embedding and, transposed, once for its head: it counts once.
 */
export function sumParameters(
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
