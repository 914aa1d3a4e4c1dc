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

/** A model's folder without its weights, and the reader made from it. */
export type OpenedReader =
  | { readonly kind: "glm"; readonly source: GlmFolder; readonly reader: LoadedReader }
  | { readonly kind: "export"; readonly source: ExportFolder; readonly reader: LoadedReader };

/**
 * Loads a model's reader by folder or hub name, without the weights: the same reader as from `loadModel` with the same
 * options.
 * @throws GlmEvalError of kind "model", "data" or "usage"
 *
 * @example
 * const reader = await loadReader("THUDM/glm-roberta-large", { maxLength: 256 });
 * const task = await findTask("boolq");
 * const { examples } = await task.load({ root: "./superglue", split: "validation", limit: 3 });
 * for (const example of examples)
 *   for (const { reads } of reader.preview(task.patterns[0].question(example))) console.log(reads);
 */
export async function loadReader(nameOrFolder: string, options: ReaderOptions = {}): Promise<LoadedReader> {
  const { folder } = await resolveFiles(nameOrFolder, options);
  return (await openReader(folder, options)).reader;
}

/** Finds the model's files, and downloads them if necessary. */
export function resolveFiles(
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
 * Reads the config and tokenizer of a model's folder. config.json determines the family, unless the options name one.
 * @param needsGraphs whether the model's graphs will be loaded: then an export without graphs is refused
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
