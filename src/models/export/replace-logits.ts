import { GlmEvalError } from "../../errors.js";
import {
  DATA_TYPE,
  findConsumers,
  findProducers,
  type Graph,
  type GraphNode,
  getTypeName,
  prune,
  scoreTargets,
} from "../onnx/index.js";
import type { ExportConfig } from "./export-config.js";
import { RowWise } from "./row-wise.js";

/**
 * Replaces the output `logits` [B, S, V] with the target head: its inputs are target_rows int32 [P], an index into the
 * B·S positions, and those of `scoreTargets`. The target rows are selected before the product with the vocabulary
 * matrix if no operator in between combines rows, otherwise from the finished logits.
 * @throws GlmEvalError (model) if the graph has no logits over config.json's vocabulary
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
 * Inspects a graph's logits.
 * @throws GlmEvalError (model) if it has none, or not over config.json's vocabulary
 */
export function readLogits(graph: Graph, config: ExportConfig, file: string) {
  const logits = graph.outputs.get("logits");
  if (!logits) throw withoutHead(graph, config, file);
  const type = logits.type === undefined ? undefined : getTypeName(logits.type);
  if (type !== "float32" && type !== "float16")
    throw new GlmEvalError(
      "export-not-supported",
      `${file}: logits have type ${type ?? logits.type}; supported are float32 and float16`,
      { hint: "Use an export in another dtype." },
    );
  const path = findProduct(graph, "logits");
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
    `${file}: logits have shape [${dims.join(", ")}], expected [batch, sequence, ${config.vocabSize}] from config.json's ` +
      `vocab_size${formatArchitecture(config)}`,
    {
      hint: "The graph and config.json belong to different models, or the graph's head does not score tokens.",
    },
  );
}

/** Finds the product with the vocabulary matrix that the logits are computed from, if this is done row by row. */
function findProduct(
  graph: Graph,
  logits: string,
): { readonly product: GraphNode; readonly columns: number | undefined } | undefined {
  const makers = findProducers(graph);
  const rowWise = new RowWise(graph, makers);
  let value = logits;
  while (true) {
    const node = makers.get(value);
    // Any other reader of a value on the way would get different rows than it expects.
    if (!node || findConsumers(graph, value).length > (value === logits ? 0 : 1)) return undefined;
    if (rowWise.isProduct(node)) return { product: node, columns: rowWise.columns(node) };
    const k = node.inputs.findIndex((_, index) => rowWise.isElementwise(node, index));
    if (k < 0) return undefined;
    value = node.inputs[k]!;
  }
}

function withoutHead(graph: Graph, config: ExportConfig, file: string): GlmEvalError {
  return new GlmEvalError(
    "export-not-supported",
    `${file} has no output "logits", only ${[...graph.outputs.keys()].join(", ")}${formatArchitecture(config)}: it was ` +
      "exported without the head that scores tokens",
    {
      hint: "Export it with its family's task: fill-mask, text-generation-with-past or text2text-generation.",
    },
  );
}

function formatArchitecture({ architecture }: ExportConfig): string {
  return architecture === undefined ? "" : ` (${architecture})`;
}
