import {
  type Graph,
  type GraphNode,
  readIntAttribute,
  readIntsAttribute,
  readTensorAttribute,
} from "../onnx/index.js";

const UNARY = new Set(["Identity", "Cast", "Tanh"]);
const BINARY = new Set(["Add", "Sub", "Mul", "Div"]);
/** Products with a weight, computed row by row. */
const PRODUCTS = new Set(["MatMul", "MatMulInteger", "Gemm", "FusedMatMul"]);
/** The same with a block-quantized weight, whose shape is in the attributes K and N. */
const BLOCK_PRODUCTS = new Set(["MatMulNBits", "MatMulBnb4"]);

/**
 * Analyzes a graph's operators row by row, where a row is everything along the last axis. If an operator computes each
 * row from the same row of one input, rows can be selected before it as well as after it.
 */
export class RowWise {
  constructor(
    private readonly graph: Graph,
    private readonly makers: ReadonlyMap<string, GraphNode>,
  ) {}

  /** Whether the node transforms each row of its input `k` independently, in place. */
  isElementwise(node: GraphNode, k: number): boolean {
    if (node.domain !== "") return false;
    if (UNARY.has(node.op)) return k === 0;
    return BINARY.has(node.op) && this.isRowFree(node.inputs[1 - k]!);
  }

  /**
   * Whether the node multiplies each row of its first input by a constant matrix. The input may be an activation that
   * was quantized before: its integers are ordinary rows, while their scale, shared by all rows, is already known.
   */
  isProduct(node: GraphNode): boolean {
    const [, ...others] = node.inputs.filter((name) => name !== "");
    if (BLOCK_PRODUCTS.has(node.op)) return others.every((name) => this.dims(name) !== undefined);
    if (!PRODUCTS.has(node.op) || this.dims(node.inputs[1]!)?.length !== 2) return false;
    const transposed = ["transA", "transBatchA"].some((name) => (readIntAttribute(node, name) ?? 0) !== 0);
    return !transposed && others.slice(1).every((name) => this.isRowFree(name));
  }

  /** Returns the number of columns of a product's result; undefined if its weight does not show it. */
  columns(product: GraphNode): number | undefined {
    if (BLOCK_PRODUCTS.has(product.op)) return readIntAttribute(product, "N");
    return this.dims(product.inputs[1]!)?.[(readIntAttribute(product, "transB") ?? 0) === 0 ? 1 : 0];
  }

  /** Whether a value is the same for all rows. */
  isRowFree(name: string): boolean {
    const dims = this.dims(name);
    if (dims) return dims.slice(0, -1).every((size) => size === 1);
    const maker = this.makers.get(name);
    if (!maker) return false;
    // Scale and zero point of an entire tensor.
    if (maker.op === "DynamicQuantizeLinear") return name !== maker.outputs[0];
    return (
      (BINARY.has(maker.op) || UNARY.has(maker.op)) && maker.inputs.every((input) => this.isRowFree(input))
    );
  }

  /** Returns the shape of a constant, or of a value derived from one; undefined for anything else. */
  dims(name: string): readonly number[] | undefined {
    const initializer = this.graph.initializers.get(name);
    if (initializer) return this.graph.inputs.has(name) ? undefined : initializer.dims;
    const maker = this.makers.get(name);
    if (!maker) return undefined;
    if (maker.op === "Constant") {
      const scalar = ["value_float", "value_int"].some((key) => maker.attributes.has(key));
      return scalar ? [] : readTensorAttribute(maker, "value")?.dims;
    }
    if (["Identity", "Cast", "DequantizeLinear"].includes(maker.op)) return this.dims(maker.inputs[0]!);
    if (maker.op !== "Transpose") return undefined;
    const dims = this.dims(maker.inputs[0]!);
    const order = readIntsAttribute(maker, "perm");
    return dims && (order ? order.map((axis) => dims[axis]!) : [...dims].reverse());
  }
}
