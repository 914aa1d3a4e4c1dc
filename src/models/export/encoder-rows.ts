import { consumers, declare, type Graph, type GraphNode, producers, replaceInput } from "../onnx/index.js";
import { batchDimension } from "./past-inputs.js";
import { RowWise } from "./row-wise.js";

/**
 * Lets each row of a decoder's pass read any row of the encoder's: input encoder_rows int32 [A]. The rows are chosen
 * after the projections to the keys and values of the cross-attention, so that these are computed once for each row of
 * the encoder and not once for each of the decoder.
 */
export function gatherEncoderRows(graph: Graph): void {
  const rows = graph.input("encoder_rows", "int32", [batchDimension(graph)]);
  const makers = producers(graph);
  const rowWise = new RowWise(graph, makers);
  /** The shape that a value will have; to choose its rows for that alone would copy all hidden states. */
  const shapeOf = (value: string): string => {
    const rest = [graph.constant("int64", [1]), graph.constant("int64", [Number.MAX_SAFE_INTEGER])];
    const inner = graph.op("Slice", [graph.op("Shape", [value]), ...rest]);
    return graph.op("Concat", [graph.op("Shape", [rows]), inner], { axis: 0 });
  };
  const gather = (value: string, readers: readonly GraphNode[]): void => {
    const isShape = (node: GraphNode) => node.op === "Shape" && node.attributes.size === 0;
    const [shapes, others] = [readers.filter(isShape), readers.filter((node) => !isShape(node))];
    if (shapes.length > 0) {
      const shape = shapeOf(value);
      for (const node of shapes)
        for (const reader of consumers(graph, node.outputs[0]!))
          replaceInput(reader, node.outputs[0]!, shape);
    }
    if (others.length === 0) return;
    const chosen = graph.op("Gather", [value, rows], { axis: 0 });
    for (const node of others) replaceInput(node, value, chosen);
  };
  /** Chooses rows behind what works on each row by itself; a tensor's quantisation before a product counts as such. */
  const behind = (value: string): void => {
    const others: GraphNode[] = [];
    for (const node of consumers(graph, value)) {
      const k = node.inputs.indexOf(value);
      const passes =
        node.op === "DynamicQuantizeLinear" ||
        (k === 0 && rowWise.isProduct(node)) ||
        rowWise.isElementwise(node, k);
      if (passes) behind(node.outputs[0]!);
      else others.push(node);
    }
    gather(value, others);
  };
  behind("encoder_hidden_states");
  gather("encoder_attention_mask", consumers(graph, "encoder_attention_mask"));
  for (const name of ["encoder_hidden_states", "encoder_attention_mask"]) {
    const declared = graph.inputs.get(name);
    if (!declared) continue;
    const { type, dims } = declared;
    // Not the batch of this pass: ONNX Runtime takes dimensions of the same name to be equal.
    graph.inputs.set(name, declare(name, type!, ["encoder_batch_size", ...(dims ?? []).slice(1)]));
  }
}
