import type { Dtype } from "../config/index.js";
import { type JsonTokenizer, loadJsonTokenizer } from "../tokenizers/index.js";
import { type ExportConfig, readExportConfig } from "./export-config.js";
import { findExportFiles } from "./find-export-files.js";
import type { ExportFamily } from "./model-groups.js";

/** What an export's folder says without its graphs. */
export interface ExportFolder {
  readonly folder: string;
  readonly config: ExportConfig;
  readonly tokenizer: JsonTokenizer;
}

/**
 * Reads what an export's folder says without its graphs.
 * @param options.family what the model is taken for, where config.json says otherwise or nothing that is known
 * @throws GlmEvalError with kind "model" or "data", saying which file is wrong and how
 */
export async function readExport(
  folder: string,
  options: {
    readonly family?: ExportFamily | undefined;
    /** whether its graphs will be loaded: that they are there is then seen first */
    readonly needsGraphs?: boolean | undefined;
    readonly dtype?: Dtype | undefined;
  } = {},
): Promise<ExportFolder> {
  const config = await readExportConfig(folder, options.family);
  if (options.needsGraphs) await findExportFiles(folder, config.family, options.dtype);
  return { folder, config, tokenizer: await loadJsonTokenizer(folder, config) };
}
