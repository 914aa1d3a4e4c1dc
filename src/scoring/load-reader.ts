import { isOriginalGlm, readConfigJson } from "../models/config/index.js";
import { type ExportFamily, type ExportFolder, readExport } from "../models/export/index.js";
import { type GlmFolder, readGlm } from "../models/glm/index.js";
import { type HubProgress, type ResolvedModel, resolveModel } from "../models/sources/index.js";
import { causalReader } from "./causal/index.js";
import { infillReader } from "./infill/index.js";
import { maskedReader } from "./masked/index.js";
import type { ModelOptions, ReaderOptions } from "./model-options.js";
import type { LoadedReader } from "./preview.js";
import { seq2seqReader } from "./seq2seq/index.js";

/** A model's folder, read without its weights, and its reader. */
export type OpenedReader =
  | { readonly kind: "glm"; readonly source: GlmFolder; readonly reader: LoadedReader }
  | { readonly kind: "export"; readonly source: ExportFolder; readonly reader: LoadedReader };

/**
 * Loads the reader of a model by folder or hub name, without its weights: the same reader that `loadModel` returns for the
 * same options.
 * @throws GlmEvalError with kind "model", "data" or "usage"
 *
 * @example
 * const reader = await loadReader("THUDM/glm-roberta-large", { maxLength: 256 });
 * const task = await findTask("boolq");
 * const { examples } = await task.load({ root: "./superglue", split: "validation", limit: 3 });
 * for (const example of examples)
 *   for (const { reads } of reader.preview(task.patterns[0].question(example))) console.log(reads);
 */
export async function loadReader(nameOrFolder: string, options: ReaderOptions = {}): Promise<LoadedReader> {
  const { folder } = await resolveModelFiles(nameOrFolder, options);
  return (await openReader(folder, options)).reader;
}

/** Finds the model's files, and downloads those that are missing. */
export function resolveModelFiles(
  nameOrFolder: string,
  {
    revision,
    offline,
    dtype,
    onProgress,
  }: Pick<ModelOptions, "revision" | "offline" | "dtype" | "onProgress">,
): Promise<ResolvedModel> {
  return resolveModel(nameOrFolder, {
    revision,
    offline,
    dtype,
    onProgress: ({ file, receivedTotal: done, sizeTotal: total, note }: HubProgress) =>
      onProgress?.({ stage: "download", file, done, total, note }),
  });
}

/**
 * Reads config and tokenizer of a model's folder. The family is taken from the options, else from config.json.
 * @param needsGraphs whether the model's graphs will be loaded: an export without graphs is then rejected
 */
export async function openReader(
  folder: string,
  options: ReaderOptions & Pick<ModelOptions, "dtype">,
  { needsGraphs = false } = {},
): Promise<OpenedReader> {
  const { family = isOriginalGlm(await readConfigJson(folder)) ? "infill" : undefined } = options;
  if (family === "infill") {
    const source = await readGlm(folder, options);
    return { kind: "glm", source, reader: infillReader(source, options) };
  }
  const source = await readExport(folder, { family, needsGraphs, dtype: options.dtype });
  return { kind: "export", source, reader: READERS[source.config.family](source, options) };
}

const READERS: Readonly<
  Record<ExportFamily, (source: ExportFolder, options: ReaderOptions) => LoadedReader>
> = {
  masked: maskedReader,
  seq2seq: seq2seqReader,
  causal: causalReader,
};
