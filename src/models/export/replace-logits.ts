import { GlmEvalError } from "../../errors.js";
import {
  consumers,
  DATA_TYPE,
  type Graph,
  type GraphNode,
  producers,
  prune,
  scoreTargets,
  typeName,
} from "../onnx/index.js";
import type { ExportConfig } from "./export-config.js";
import { RowWise } from "./row-wise.js";

/**
 * Replaces the output `logits` [B, S, V] by the target head: inputs target_rows int32 [P], an index into the B·S
 * positions, and those of `scoreTargets`. The target rows are chosen before the product with the vocabulary's matrix
 * where nothing stands in between that looks at several rows, else among the finished logits.
 * @throws GlmEvalError (model) where the graph has no logits over config.json's vocabulary
 */
export function replaceLogits(
  graph: Graph,
  config: ExportConfig,
  file: string,
): { readonly gathersFirst: boolean } {
  const { type, vocabSize, path } = readLogits(graph, config, file);
  graph.outputs.delete("logits");

  const targetRows = graph.input("target_rows", "int32", ["P"]);
  const rows = (x: string) => graph.op("Flatten", [x], { axis: -1 });
  if (path) path.product.inputs[0] = graph.op("Gather", [rows(path.product.inputs[0]!), targetRows]);
  const chosen = path ? rows("logits") : graph.op("Gather", [rows("logits"), targetRows]);
  const exact = type === "float16" ? graph.op("Cast", [chosen], { to: DATA_TYPE.float32 }) : chosen;
  scoreTargets(graph, vocabSize, exact);
  prune(graph);
  return { gathersFirst: path !== undefined };
}

/**
 * What a graph's logits are.
 * @throws GlmEvalError (model) where it has none, or not over config.json's vocabulary
 */
export function readLogits(graph: Graph, config: ExportConfig, file: string) {
  const logits = graph.outputs.get("logits");
  if (!logits) throw withoutHead(graph, config, file);
  const type = logits.type === undefined ? undefined : typeName(logits.type);
  if (type !== "float32" && type !== "float16")
    throw new GlmEvalError(
      "export-not-supported",
      `${file}: logits are of type ${type ?? logits.type}; known are float32 and float16`,
      { hint: "Take an export in another dtype." },
    );
  const path = productPath(graph, "logits");
  const last = logits.dims?.at(-1);
  const vocabSize = typeof last === "number" ? last : (path?.columns ?? config.vocabSize);
  if (vocabSize !== config.vocabSize || (logits.dims?.length ?? 3) !== 3)
    throw wrongLogits(logits.dims ?? ["…", vocabSize], config, file);
  return { type, vocabSize, path };
}

export function wrongLogits(
  dims: readonly (number | string)[],
  config: ExportConfig,
  file: string,
): GlmEvalError {
  return new GlmEvalError(
    "export-not-supported",
    `${file}: logits are [${dims.join(", ")}], expected [batch, sequence, ${config.vocabSize}] from config.json's ` +
      `vocab_size${ofArchitecture(config)}`,
    {
      hint: "The graph and config.json belong to different models, or the graph's head does not score tokens.",
    },
  );
}

/** The product with the vocabulary's matrix that the logits come from, if they come from it row by row. */
function productPath(
  graph: Graph,
  logits: string,
): { readonly product: GraphNode; readonly columns: number | undefined } | undefined {
  const makers = producers(graph);
  const rowWise = new RowWise(graph, makers);
  let value = logits;
  while (true) {
    const node = makers.get(value);
    // What else reads a value on the way would get other rows than it expects.
    if (!node || consumers(graph, value).length > (value === logits ? 0 : 1)) return undefined;
    if (rowWise.isProduct(node)) return { product: node, columns: rowWise.columns(node) };
    const k = node.inputs.findIndex((_, index) => rowWise.isElementwise(node, index));
    if (k < 0) return undefined;
    value = node.inputs[k]!;
  }
}

function withoutHead(graph: Graph, config: ExportConfig, file: string): GlmEvalError {
  return new GlmEvalError(
    "export-not-supported",
    `${file} has no output logits, only ${[...graph.outputs.keys()].join(", ")}${ofArchitecture(config)}: it was ` +
      "exported without the head that scores tokens",
    { hint: "Export it for its family: fill-mask, text-generation-with-past or text2text-generation." },
  );
}

function ofArchitecture({ architecture }: ExportConfig): string {
  return architecture === undefined ? "" : ` (${architecture})`;
}
