import { DTYPE_SUFFIX, DTYPES, type Dtype, isOriginalGlm } from "../config/index.js";

/** The folder of a repository that contains its ONNX files. */
export const ONNX_FOLDER = "onnx";

/** The other files to download, if they exist. Code (*.py) is never included. */
const PLAIN_FILES = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
];

/** The properties in config.json that determine which files are needed. */
export interface ModelKind {
  readonly modelType: string;
  readonly encoderDecoder: boolean;
}

/**
 * Reads the kind of a model that runs from an ONNX export; undefined for the original GLM, which runs from its weights.
 * A config.json without a type is left to GLM's reader, which reports what is wrong with it.
 */
export function readExportKind(configText: string): ModelKind | undefined {
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

/** Names of the graphs that make a complete model, without folder, dtype and extension; best first. */
const GRAPHS = {
  encoderDecoder: [
    ["encoder_model", "decoder_model_merged"],
    ["encoder_model", "decoder_model"],
  ],
  // The names in older exports of decoders.
  single: [["model"], ["decoder_model_merged"], ["decoder_model"]],
} as const;

/** Returns the path of a graph's file in its repository. */
function getGraphPath(graph: string, dtype: Dtype): string {
  return `${ONNX_FOLDER}/${graph}${DTYPE_SUFFIX[dtype]}.onnx`;
}

export interface ExportChoice {
  readonly plain: readonly string[];
  /** paths of the ONNX files; undefined if the model is not complete in this dtype */
  readonly graphs: readonly string[] | undefined;
}

/** @param paths the available files, relative to the repository */
export function chooseExport(paths: Iterable<string>, kind: ModelKind, dtype: Dtype): ExportChoice {
  const present = new Set(paths);
  const sets = GRAPHS[kind.encoderDecoder ? "encoderDecoder" : "single"].map((graphs) =>
    graphs.map((graph) => getGraphPath(graph, dtype)),
  );
  return {
    plain: PLAIN_FILES.filter((name) => present.has(name)),
    graphs: sets.find((graphs) => graphs.every((path) => present.has(path))),
  };
}

/** Lists the preferred ONNX files, for messages. */
export function listWantedGraphs(kind: ModelKind, dtype: Dtype): readonly string[] {
  return GRAPHS[kind.encoderDecoder ? "encoderDecoder" : "single"][0].map((graph) =>
    getGraphPath(graph, dtype),
  );
}

/** Lists the dtypes in which the model is complete. */
export function listDtypes(paths: readonly string[], kind: ModelKind): Dtype[] {
  return DTYPES.filter((dtype) => chooseExport(paths, kind, dtype).graphs !== undefined);
}

/** Finds the files next to a graph that contain its weights: model.onnx_data, model.onnx_data_1 … */
export function findDataFiles(graph: string, paths: Iterable<string>): string[] {
  return [...paths].filter(
    (path) => path.startsWith(`${graph}_data`) && /^(_\d+)?$/.test(path.slice(graph.length + 5)),
  );
}
