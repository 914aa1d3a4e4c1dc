import { GlmEvalError } from "../../errors.js";
import {
  DATA_TYPE,
  declareValue,
  findConsumers,
  findProducers,
  type Graph,
  inlineBranch,
  prune,
  replaceInput,
} from "../onnx/index.js";
import type { ExportConfig } from "./export-config.js";

/** Recognizes inputs with the keys and values of earlier tokens, and outputs with those of all tokens so far. */
export const isPast = (name: string) => name.startsWith("past_key_values.");
export const isPresent = (name: string) => name.startsWith("present.");

/** Returns the graph's batch dimension (a size or a name). */
export function getBatchDimension(graph: Graph): number | string {
  return graph.inputs.get("input_ids")?.dims?.[0] ?? "batch_size";
}

/** Lists a graph's inputs for the keys and values of earlier tokens. */
export function listPastInputs(graph: Graph): string[] {
  return [...graph.inputs.keys()].filter(isPast);
}

/**
 * Replaces the If of a merged decoder with one of its branches and removes the other. A merged decoder contains itself
 * twice, in the branches of an If on `use_cache_branch`: with the keys and values of earlier tokens, and without. Does
 * nothing to a graph that is not merged.
 * @throws GlmEvalError (model) if there is no such If
 */
export function chooseBranch(graph: Graph, withPast: boolean, file: string): void {
  if (!graph.inputs.has("use_cache_branch")) return;
  const makers = findProducers(graph);
  /** whether a condition is the input itself, possibly with a different type or shape */
  const isSwitch = (name: string): boolean => {
    const maker = makers.get(name);
    return name === "use_cache_branch" || (maker !== undefined && isSwitch(maker.inputs[0] ?? ""));
  };
  const merged = graph.nodes.filter((node) => node.op === "If" && isSwitch(node.inputs[0]!));
  if (merged.length === 0)
    throw new GlmEvalError(
      "export-not-supported",
      `${file} has an input use_cache_branch but no If that reads it`,
      {
        hint: "Export the decoder again, merged by optimum or unmerged.",
      },
    );
  for (const node of merged) inlineBranch(graph, node, withPast ? "then_branch" : "else_branch");
  graph.inputs.delete("use_cache_branch");
  prune(graph);
}

/**
 * Lets each row of a pass continue any row of the pass that produced the past: input past_rows int32 [B]. The past's
 * tensors are [rows, heads, length, d]; in BLOOM's first exports, [rows·heads, …].
 */
export function gatherPasts(graph: Graph, config: ExportConfig): void {
  gatherRows(graph, config, graph.input("past_rows", "int32", [getBatchDimension(graph)]));
  for (const name of listPastInputs(graph)) {
    const { type, dims } = graph.inputs.get(name)!;
    // Not this pass's batch dimension: ONNX Runtime assumes that dimensions with the same name are equal.
    graph.inputs.set(name, declareValue(name, type!, ["past_batch_size", ...(dims ?? []).slice(1)]));
  }
}

/** Removes the past from a graph's inputs: every pass starts with a past of length 0. */
export function dropPasts(graph: Graph, config: ExportConfig): void {
  const zero = graph.constant("int64", [0]);
  const rows = graph.op("ConstantOfShape", [
    graph.op("Gather", [graph.op("Shape", ["input_ids"]), zero], { axis: 0 }),
  ]);
  gatherRows(graph, config, graph.op("Cast", [rows], { to: DATA_TYPE.int32 }));
  for (const name of listPastInputs(graph)) {
    const { type, dims } = graph.inputs.get(name)!;
    const heads = dims?.length === 3 ? getHeads(config) : 1;
    const sizes = (dims ?? []).map((size, axis) =>
      axis === 0 ? heads : typeof size === "number" ? size : 0,
    );
    graph.inputs.delete(name);
    graph.empty(name, type!, sizes);
  }
  prune(graph);
}

/** Inserts a selection of rows between every past and its readers. */
function gatherRows(graph: Graph, config: ExportConfig, rows: string): void {
  let perHead: string | undefined;
  /** Maps rows [B] to rows [B·heads] of a tensor whose first axis combines both */
  const addFlatRows = (): string => {
    const heads = getHeads(config);
    const first = graph.op("Mul", [
      graph.op("Reshape", [rows, graph.constant("int64", [-1, 1])]),
      graph.constant("int32", heads),
    ]);
    const each = graph.constant(
      "int32",
      Array.from({ length: heads }, (_, k) => k),
    );
    return graph.op("Reshape", [graph.op("Add", [first, each]), graph.constant("int64", [-1])]);
  };
  for (const name of listPastInputs(graph)) {
    const readers = findConsumers(graph, name);
    const isFlat = graph.inputs.get(name)!.dims?.length === 3;
    if (isFlat) perHead ??= addFlatRows();
    const chosen = graph.op("Gather", [name, isFlat ? perHead! : rows], { axis: 0 });
    for (const node of readers) replaceInput(node, name, chosen);
  }
}

function getHeads({ heads }: ExportConfig): number {
  if (heads === undefined)
    throw new GlmEvalError("bad-config", "config.json does not state the number of attention heads", {
      hint: "Use the config.json that the model was published with.",
    });
  return heads;
}
