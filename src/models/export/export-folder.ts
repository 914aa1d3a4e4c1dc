import type { Dtype } from "../config/index.js";
import { type JsonTokenizer, loadJsonTokenizer } from "../tokenizers/index.js";
import { type ExportConfig, readExportConfig } from "./export-config.js";
import { findExportFiles } from "./find-export-files.js";
import type { ExportFamily } from "./model-groups.js";

/** The contents of an export's folder other than its graphs. */
export interface ExportFolder {
  readonly folder: string;
  readonly config: ExportConfig;
  readonly tokenizer: JsonTokenizer;
}

/**
 * Reads an export's folder except its graphs.
 * @param options.family the family to assume, overriding config.json or for an unknown model type
 * @throws GlmEvalError of kind "model" or "data", naming the file and what is wrong with it
 */
export async function readExport(
  folder: string,
  options: {
    readonly family?: ExportFamily | undefined;
    /** whether its graphs will be loaded: then their presence is checked first */
    readonly needsGraphs?: boolean | undefined;
    readonly dtype?: Dtype | undefined;
  } = {},
): Promise<ExportFolder> {
  const config = await readExportConfig(folder, options.family);
  if (options.needsGraphs) await findExportFiles(folder, config.family, options.dtype);
  return { folder, config, tokenizer: await loadJsonTokenizer(folder, config) };
}
