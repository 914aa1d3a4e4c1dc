import { GlmEvalError } from "../../errors.js";
import {
  DATA_TYPE,
  type Graph,
  getTypeName,
  listGraphs,
  type OnnxModel,
  prune,
  readIntAttribute,
  type Tensor,
} from "../onnx/index.js";
import { countParameters, type ParameterCount } from "./count-parameters.js";
import { gatherEncoderRows } from "./encoder-rows.js";
import type { ExportConfig } from "./export-config.js";
import { chooseBranch, dropPasts, gatherPasts, isPast, isPresent, listPastInputs } from "./past-inputs.js";
import { readLogits, replaceLogits } from "./replace-logits.js";

/** Must change whenever an edit changes: part of the key of the edited graphs. */
export const EDITOR_VERSION = 2;

/**
 * How an export's graph is edited.
 * masked: adds the target head. causal: adds the target head and a choice of rows of the past. causal-without-past:
 * adds
 * the target head; every pass starts from scratch. decoder: adds the target head and a choice of rows of the encoder.
 * encoder: no edit.
 */
export type EditKind = "masked" | "causal" | "causal-without-past" | "decoder" | "encoder";

/** A graph's inputs, outputs and properties, as declared in its file. */
export interface GraphFacts {
  readonly inputs: Readonly<
    Record<string, { readonly type: Tensor["type"]; readonly dims: readonly (number | string)[] }>
  >;
  readonly outputs: readonly string[];
  /** whether the target rows are selected before the vocabulary product; false if there is no such product */
  readonly gathersFirst: boolean;
  readonly parameters: ParameterCount | undefined;
  /** whether anything in it is computed in float16 */
  readonly hasHalves: boolean;
  /** whether activations are quantized with one scale for all rows, so that a row's rounding depends on the others */
  readonly sharesScale: boolean;
}

const SHARED_SCALE = new Set(["DynamicQuantizeLinear", "DynamicQuantizeMatMul"]);

const INPUTS: Record<
  Exclude<EditKind, "untouched">,
  { readonly required: readonly string[]; readonly optional: readonly string[] }
> = {
  masked: { required: ["input_ids"], optional: ["attention_mask", "token_type_ids", "position_ids"] },
  causal: causalInputs(),
  "causal-without-past": causalInputs(),
  decoder: {
    required: ["input_ids", "encoder_hidden_states"],
    optional: ["encoder_attention_mask", "decoder_attention_mask", "use_cache_branch"],
  },
  encoder: { required: ["input_ids"], optional: ["attention_mask"] },
};

function causalInputs() {
  const optional = ["attention_mask", "position_ids", "token_type_ids", "use_cache_branch"];
  return { required: ["input_ids"], optional: [...optional, "num_logits_to_keep", "logits_to_keep"] };
}

/**
 * Checks that a graph is of its family and can be edited.
 * @param file the model's file, for messages
 * @throws GlmEvalError (model) naming what is missing
 */
export function checkModel({ graph }: OnnxModel, kind: EditKind, config: ExportConfig, file: string): void {
  checkInputs(graph, kind, file);
  if (kind === "encoder") return;
  readLogits(graph, config, file);
  if (graph.opset < 11)
    throw new GlmEvalError(
      "export-not-supported",
      `${file} uses version ${graph.opset} of the standard operators; the oldest supported version is 11`,
      { hint: "Export the model again with a newer exporter." },
    );
}

/**
 * Edits a model in place, after `checkModel` has accepted it.
 * @throws GlmEvalError (model) if the graph's structure is not supported
 */
export function editModel(
  { graph }: OnnxModel,
  kind: Exclude<EditKind, "encoder">,
  config: ExportConfig,
  file: string,
): { readonly gathersFirst: boolean } {
  chooseBranch(graph, kind === "causal", file);
  const continues = kind === "causal" && listPastInputs(graph).length > 0;
  for (const name of graph.outputs.keys())
    if (name !== "logits" && !(continues && isPresent(name))) graph.outputs.delete(name);
  // The declared types of inner values may be wrong after the edit, and ONNX Runtime plans its memory by them.
  graph.valueInfo.clear();
  for (const name of ["num_logits_to_keep", "logits_to_keep"]) keepAllLogits(graph, name);
  const head = replaceLogits(graph, config, file);
  if (continues) gatherPasts(graph, config);
  else if (kind === "causal-without-past") dropPasts(graph, config);
  else if (kind === "decoder") {
    dropUnusedPasts(graph, file);
    gatherEncoderRows(graph);
  }
  prune(graph);
  return head;
}

/** Collects what the engines need to know about a graph's inputs and outputs. */
export function getGraphFacts(
  model: OnnxModel,
  file: string,
  gathersFirst: boolean,
  vocabSize: number,
): GraphFacts {
  const { graph } = model;
  const graphs = listGraphs(graph);
  const nodes = graphs.flatMap((one) => one.nodes);
  const constants = graphs.flatMap((one) => [...one.initializers.values()]);
  const inputs = [...model.inputs.values()].map(({ name, type, dims }) => {
    const known = type === undefined ? undefined : getTypeName(type);
    switch (known) {
      case "int32":
      case "int64":
      case "float32":
      case "float16":
      case "bool":
        return [name, { type: known, dims: dims ?? [] }] as const;
      default:
        throw new GlmEvalError(
          "export-not-supported",
          `${file}: input ${name} has the unsupported type ${known ?? type ?? "unknown"}`,
          {
            hint: "Supported types are int32, int64, float32, float16 and bool: use an export in another dtype.",
          },
        );
    }
  });
  return {
    inputs: Object.fromEntries(inputs),
    outputs: [...graph.outputs.keys()],
    gathersFirst,
    parameters: countParameters(graph, vocabSize),
    hasHalves:
      constants.some(({ type }) => type === DATA_TYPE.float16) ||
      nodes.some((node) => node.op === "Cast" && readIntAttribute(node, "to") === DATA_TYPE.float16),
    sharesScale: nodes.some(({ op }) => SHARED_SCALE.has(op)),
  };
}

function checkInputs(graph: Graph, kind: EditKind, file: string): void {
  const { required, optional } = INPUTS[kind];
  const names = [...graph.inputs.keys()].filter((name) => !graph.initializers.has(name));
  const missing = required.filter((name) => !names.includes(name));
  const unknown = names.filter(
    (name) => !required.includes(name) && !optional.includes(name) && !(isPast(name) && kind !== "masked"),
  );
  if (missing.length === 0 && unknown.length === 0) return;
  const what =
    missing.length > 0 ? `has no input ${missing.join(", ")}` : `requires the input ${unknown.join(", ")}`;
  throw new GlmEvalError(
    "export-not-supported",
    `${file} ${what}; the inputs of a ${kind.split("-")[0]} graph are ${[...required, ...optional].join(", ")}`,
    { hint: "Only text models are supported. Check that config.json belongs to this model." },
  );
}

/** Fixes the input of decoders that can return only the last logits; the target head needs all of them, which is 0. */
function keepAllLogits(graph: Graph, name: string): void {
  const input = graph.inputs.get(name);
  if (!input) return;
  graph.inputs.delete(name);
  graph.constant("int64", (input.dims?.length ?? 0) === 0 ? 0 : [0], name);
}

function dropUnusedPasts(graph: Graph, file: string): void {
  prune(graph);
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  for (const name of listPastInputs(graph)) {
    if (read.has(name))
      throw new GlmEvalError(
        "export-not-supported",
        `${file} always reads ${name}: it has no branch for a pass without a past`,
        {
          hint: "Export decoder_model.onnx, or decoder_model_merged.onnx, whose input use_cache_branch selects the branch.",
        },
      );
    graph.inputs.delete(name);
  }
}
