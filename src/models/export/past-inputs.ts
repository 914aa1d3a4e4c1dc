import { GlmEvalError } from "../../errors.js";
import {
  consumers,
  DATA_TYPE,
  declare,
  type Graph,
  inlineBranch,
  producers,
  prune,
  replaceInput,
} from "../onnx/index.js";
import type { ExportConfig } from "./export-config.js";

/** Inputs with the keys and values of earlier tokens, and outputs with those of all tokens so far. */
export const isPast = (name: string) => name.startsWith("past_key_values.");
export const isPresent = (name: string) => name.startsWith("present.");

/** The batch size of a pass, as the graph calls it. */
export function batchDimension(graph: Graph): number | string {
  return graph.inputs.get("input_ids")?.dims?.[0] ?? "batch_size";
}

/** The names of the keys and values of earlier tokens among a graph's inputs. */
export function pastInputs(graph: Graph): string[] {
  return [...graph.inputs.keys()].filter(isPast);
}

/**
 * A merged decoder holds itself twice, in the branches of an If on `use_cache_branch`: with the keys and values of
 * earlier tokens, and without. Leaves one of them in the If's place; the other is removed. Does nothing to a graph that
 * is not merged.
 * @throws GlmEvalError (model) where there is no such If
 */
export function chooseBranch(graph: Graph, withPast: boolean, file: string): void {
  if (!graph.inputs.has("use_cache_branch")) return;
  const makers = producers(graph);
  /** whether a condition is the input itself, at most with its type or shape changed */
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
 * Lets each row of a pass continue any row of the pass that made the past: input past_rows int32 [B]. The past's
 * tensors are [rows, heads, length, d]; those of BLOOM's first exports [rows·heads, …].
 */
export function gatherPasts(graph: Graph, config: ExportConfig): void {
  readRows(graph, config, graph.input("past_rows", "int32", [batchDimension(graph)]));
  for (const name of pastInputs(graph)) {
    const { type, dims } = graph.inputs.get(name)!;
    // Not the batch of this pass: ONNX Runtime takes dimensions of the same name to be equal.
    graph.inputs.set(name, declare(name, type!, ["past_batch_size", ...(dims ?? []).slice(1)]));
  }
}

/** Takes the past away from a graph's inputs: every pass begins with a past of length 0. */
export function dropPasts(graph: Graph, config: ExportConfig): void {
  const zero = graph.constant("int64", [0]);
  const rows = graph.op("ConstantOfShape", [
    graph.op("Gather", [graph.op("Shape", ["input_ids"]), zero], { axis: 0 }),
  ]);
  readRows(graph, config, graph.op("Cast", [rows], { to: DATA_TYPE.int32 }));
  for (const name of pastInputs(graph)) {
    const { type, dims } = graph.inputs.get(name)!;
    const heads = dims?.length === 3 ? headsOf(config) : 1;
    const sizes = (dims ?? []).map((size, axis) =>
      axis === 0 ? heads : typeof size === "number" ? size : 0,
    );
    graph.inputs.delete(name);
    graph.empty(name, type!, sizes);
  }
  prune(graph);
}

/** Puts a choice of rows between every past and what reads it. */
function readRows(graph: Graph, config: ExportConfig, rows: string): void {
  let perHead: string | undefined;
  /** [B] rows → [B·heads] rows of a tensor whose first axis is both */
  const flat = (): string => {
    const heads = headsOf(config);
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
  for (const name of pastInputs(graph)) {
    const readers = consumers(graph, name);
    const isFlat = graph.inputs.get(name)!.dims?.length === 3;
    if (isFlat) perHead ??= flat();
    const chosen = graph.op("Gather", [name, isFlat ? perHead! : rows], { axis: 0 });
    for (const node of readers) replaceInput(node, name, chosen);
  }
}

function headsOf({ heads }: ExportConfig): number {
  if (heads === undefined)
    throw new GlmEvalError("bad-config", "config.json does not say how many attention heads the model has", {
      hint: "Take the config.json that the model was published with.",
    });
  return heads;
}
