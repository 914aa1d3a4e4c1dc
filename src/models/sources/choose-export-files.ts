import { DTYPE_SUFFIX, DTYPES, type Dtype, isOriginalGlm } from "../config/index.js";

/** The folder of a repository that holds its ONNX files. */
export const ONNX_FOLDER = "onnx";

/** What is taken besides the ONNX files, where it is there. Code (*.py) is never among it. */
const PLAIN_FILES = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
];

/** What a config.json says that decides which files are wanted. */
export interface ModelKind {
  readonly modelType: string;
  readonly encoderDecoder: boolean;
}

/**
 * The kind of a model that is run from an ONNX export; undefined for the original GLM, which is run from its weights.
 * A config.json that names no type is left to GLM's reader, which says what is wrong with it.
 */
export function exportKind(configText: string): ModelKind | undefined {
  let config: unknown;
  try {
    config = JSON.parse(configText);
  } catch {
    return undefined;
  }
  const { model_type: modelType, is_encoder_decoder: encoderDecoder } = Object(config) as Record<
    string,
    unknown
  >;
  if (typeof modelType !== "string" || isOriginalGlm(Object(config))) return undefined;
  return { modelType, encoderDecoder: encoderDecoder === true };
}

/** Names of graphs that make a whole model, without folder, dtype and ending; the best first. */
const GRAPHS = {
  encoderDecoder: [
    ["encoder_model", "decoder_model_merged"],
    ["encoder_model", "decoder_model"],
  ],
  // Older exports of decoders call them so.
  single: [["model"], ["decoder_model_merged"], ["decoder_model"]],
} as const;

/** The path of a graph's file in its repository. */
function graphPath(graph: string, dtype: Dtype): string {
  return `${ONNX_FOLDER}/${graph}${DTYPE_SUFFIX[dtype]}.onnx`;
}

export interface ExportChoice {
  readonly plain: readonly string[];
  /** paths of the ONNX files; undefined where a model of this dtype is not whole */
  readonly graphs: readonly string[] | undefined;
}

/** @param paths what there is, relative to the repository */
export function chooseExport(paths: Iterable<string>, kind: ModelKind, dtype: Dtype): ExportChoice {
  const there = new Set(paths);
  const sets = GRAPHS[kind.encoderDecoder ? "encoderDecoder" : "single"].map((graphs) =>
    graphs.map((graph) => graphPath(graph, dtype)),
  );
  return {
    plain: PLAIN_FILES.filter((name) => there.has(name)),
    graphs: sets.find((graphs) => graphs.every((path) => there.has(path))),
  };
}

/** The ONNX files that one would wish for, for messages. */
export function wantedGraphs(kind: ModelKind, dtype: Dtype): readonly string[] {
  return GRAPHS[kind.encoderDecoder ? "encoderDecoder" : "single"][0].map((graph) => graphPath(graph, dtype));
}

/** The dtypes of which a whole model is there. */
export function dtypesOf(paths: readonly string[], kind: ModelKind): Dtype[] {
  return DTYPES.filter((dtype) => chooseExport(paths, kind, dtype).graphs !== undefined);
}

/** The files beside a graph that hold its weights: model.onnx_data, model.onnx_data_1 … */
export function dataOf(graph: string, paths: Iterable<string>): string[] {
  return [...paths].filter(
    (path) => path.startsWith(`${graph}_data`) && /^(_\d+)?$/.test(path.slice(graph.length + 5)),
  );
}
