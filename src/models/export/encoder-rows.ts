import {
  declareValue,
  findConsumers,
  findProducers,
  type Graph,
  type GraphNode,
  replaceInput,
} from "../onnx/index.js";
import { getBatchDimension } from "./past-inputs.js";
import { RowWise } from "./row-wise.js";

/**
 * Lets each row of a decoder pass read any row of the encoder: input encoder_rows int32 [A]. The rows are selected
 * after the projections to the keys and values of the cross-attention, so that these are computed once per encoder row
 * rather than once per decoder row.
 */
export function gatherEncoderRows(graph: Graph): void {
  const rows = graph.input("encoder_rows", "int32", [getBatchDimension(graph)]);
  const makers = findProducers(graph);
  const rowWise = new RowWise(graph, makers);
  /** Computes the shape that a value will have; selecting its rows only for that would copy all hidden states. */
  const makeGatheredShape = (value: string): string => {
    const rest = [graph.constant("int64", [1]), graph.constant("int64", [Number.MAX_SAFE_INTEGER])];
    const inner = graph.op("Slice", [graph.op("Shape", [value]), ...rest]);
    return graph.op("Concat", [graph.op("Shape", [rows]), inner], { axis: 0 });
  };
  const gather = (value: string, readers: readonly GraphNode[]): void => {
    const isShape = (node: GraphNode) => node.op === "Shape" && node.attributes.size === 0;
    const [shapes, others] = [readers.filter(isShape), readers.filter((node) => !isShape(node))];
    if (shapes.length > 0) {
      const shape = makeGatheredShape(value);
      for (const node of shapes)
        for (const reader of findConsumers(graph, node.outputs[0]!))
          replaceInput(reader, node.outputs[0]!, shape);
    }
    if (others.length === 0) return;
    const chosen = graph.op("Gather", [value, rows], { axis: 0 });
    for (const node of others) replaceInput(node, value, chosen);
  };
  /** Selects rows after all operators that process rows independently; quantization before a product counts as such. */
  const gatherBehind = (value: string): void => {
    const others: GraphNode[] = [];
    for (const node of findConsumers(graph, value)) {
      const k = node.inputs.indexOf(value);
      const passes =
        node.op === "DynamicQuantizeLinear" ||
        (k === 0 && rowWise.isProduct(node)) ||
        rowWise.isElementwise(node, k);
      if (passes) gatherBehind(node.outputs[0]!);
      else others.push(node);
    }
    gather(value, others);
  };
  gatherBehind("encoder_hidden_states");
  gather("encoder_attention_mask", findConsumers(graph, "encoder_attention_mask"));
  for (const name of ["encoder_hidden_states", "encoder_attention_mask"]) {
    const declared = graph.inputs.get(name);
    if (!declared) continue;
    const { type, dims } = declared;
    // Not this pass's batch dimension: ONNX Runtime assumes that dimensions with the same name are equal.
    graph.inputs.set(name, declareValue(name, type!, ["encoder_batch_size", ...(dims ?? []).slice(1)]));
  }
}
