import { type Graph, type GraphNode, intAttribute, intsAttribute, tensorAttribute } from "../onnx/index.js";

const UNARY = new Set(["Identity", "Cast", "Tanh"]);
const BINARY = new Set(["Add", "Sub", "Mul", "Div"]);
/** Products with a weight, each row for itself. */
const PRODUCTS = new Set(["MatMul", "MatMulInteger", "Gemm", "FusedMatMul"]);
/** The same with a weight in blocks of few bits, whose shape is in the attributes K and N. */
const BLOCK_PRODUCTS = new Set(["MatMulNBits", "MatMulBnb4"]);

/**
 * What can be said of a graph's operators row by row: a row is everything along the last axis. Where an operator makes
 * each row out of the same row of one input, rows can be chosen before it as well as after it.
 */
export class RowWise {
  constructor(
    private readonly graph: Graph,
    private readonly makers: ReadonlyMap<string, GraphNode>,
  ) {}

  /** Whether the node changes each row of its input `k` by itself, leaving it in its place. */
  isElementwise(node: GraphNode, k: number): boolean {
    if (node.domain !== "") return false;
    if (UNARY.has(node.op)) return k === 0;
    return BINARY.has(node.op) && this.isRowFree(node.inputs[1 - k]!);
  }

  /**
   * Whether the node multiplies each row of its first input by a constant matrix. An activation that is quantised
   * beforehand is such an input: its integers are rows like others, while their scale is shared by all rows and was
   * found before.
   */
  isProduct(node: GraphNode): boolean {
    const [, ...others] = node.inputs.filter((name) => name !== "");
    if (BLOCK_PRODUCTS.has(node.op)) return others.every((name) => this.dims(name) !== undefined);
    if (!PRODUCTS.has(node.op) || this.dims(node.inputs[1]!)?.length !== 2) return false;
    const transposed = ["transA", "transBatchA"].some((name) => (intAttribute(node, name) ?? 0) !== 0);
    return !transposed && others.slice(1).every((name) => this.isRowFree(name));
  }

  /** Columns of a product's result; undefined where its weight does not tell. */
  columns(product: GraphNode): number | undefined {
    if (BLOCK_PRODUCTS.has(product.op)) return intAttribute(product, "N");
    return this.dims(product.inputs[1]!)?.[(intAttribute(product, "transB") ?? 0) === 0 ? 1 : 0];
  }

  /** Whether a value is the same for all rows. */
  isRowFree(name: string): boolean {
    const dims = this.dims(name);
    if (dims) return dims.slice(0, -1).every((size) => size === 1);
    const maker = this.makers.get(name);
    if (!maker) return false;
    // Scale and zero point of a whole tensor.
    if (maker.op === "DynamicQuantizeLinear") return name !== maker.outputs[0];
    return (
      (BINARY.has(maker.op) || UNARY.has(maker.op)) && maker.inputs.every((input) => this.isRowFree(input))
    );
  }

  /** Shape of a constant, or of what is made of one; undefined for all else. */
  dims(name: string): readonly number[] | undefined {
    const initializer = this.graph.initializers.get(name);
    if (initializer) return this.graph.inputs.has(name) ? undefined : initializer.dims;
    const maker = this.makers.get(name);
    if (!maker) return undefined;
    if (maker.op === "Constant") {
      const scalar = ["value_float", "value_int"].some((key) => maker.attributes.has(key));
      return scalar ? [] : tensorAttribute(maker, "value")?.dims;
    }
    if (["Identity", "Cast", "DequantizeLinear"].includes(maker.op)) return this.dims(maker.inputs[0]!);
    if (maker.op !== "Transpose") return undefined;
    const dims = this.dims(maker.inputs[0]!);
    const order = intsAttribute(maker, "perm");
    return dims && (order ? order.map((axis) => dims[axis]!) : [...dims].reverse());
  }
}
