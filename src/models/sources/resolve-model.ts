import { GlmEvalError } from "../../errors.js";
import { DEFAULT_LIMITS, type NetworkLimits } from "../../fetch/http/index.js";
import { checkRevision, fetchSnapshot, type HubProgress, hubSettings } from "../../fetch/hub/index.js";
import type { Dtype } from "../config/index.js";
import { suggestModel } from "./known-models.js";
import { findMissingFiles } from "./missing-files.js";
import { findLocalFolder } from "./model-folder.js";
import { listWantedFiles } from "./wanted-files.js";

export interface ResolvedModel {
  /** absolute path of a folder with the model's files (links to them, if they come from the hub) */
  readonly folder: string;
  /** the name as given */
  readonly name: string;
  readonly source: "folder" | "hub";
  /** commit of 40 hexadecimal digits; only for models from the hub */
  readonly revision?: string;
}

export interface ResolveOptions {
  /**
   * number format of the weights of an ONNX export on the hub; default: "fp32". Ignored for a GLM, which has only
   * one.
   */
  readonly dtype?: Dtype | undefined;
  /** branch, tag or commit; default: "main" */
  readonly revision?: string | undefined;
  /** use only the cache; same as HF_HUB_OFFLINE=1 */
  readonly offline?: boolean | undefined;
  /** ask the hub whether a branch has moved, even if the model is completely cached */
  readonly refresh?: boolean | undefined;
  readonly onProgress?: ((progress: HubProgress) => void) | undefined;
  /** source of HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT …; default: the process's environment */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly network?: Partial<NetworkLimits> | undefined;
}

/**
 * Finds a model's files: a folder is used as is, "OWNER/NAME" comes from the hub through the cache shared with Python's
 * huggingface_hub. Only needed files are downloaded: for a GLM, its config, tokenizer and one weight format; for any
 * other model, its ONNX export in one dtype (`onnx/`) with config and tokenizer.json; never code. Interrupted downloads
 * resume where they stopped. Cached files are used without asking the hub.
 * @throws GlmEvalError (model), GlmEvalError (usage) for a revision of a folder, or the abort signal's reason
 */
export async function resolveModel(
  nameOrFolder: string,
  options: ResolveOptions = {},
): Promise<ResolvedModel> {
  const env = options.env ?? process.env;
  const local = await findLocalFolder(nameOrFolder, env);
  if (local !== undefined) {
    if (options.revision !== undefined) {
      throw new GlmEvalError(
        "folder-revision",
        `${nameOrFolder} is a folder, and folders have no revisions`,
        {
          hint: "Omit the revision, or pass a model on the hub (OWNER/NAME).",
        },
      );
    }
    return { folder: local, name: nameOrFolder, source: "folder" };
  }
  const { revision = "main", dtype = "fp32" } = options;
  checkRevision(revision);
  const settings = await hubSettings(env);
  const { commit, folder } = await fetchSnapshot({
    kind: "model",
    name: nameOrFolder,
    revision,
    wanted: {
      choose: (listing, text) => listWantedFiles(listing, text, { name: nameOrFolder, dtype }),
      missing: (held) => findMissingFiles(held, dtype),
    },
    suggest: suggestModel,
    settings: { ...settings, offline: options.offline === true || settings.offline },
    limits: { ...DEFAULT_LIMITS, ...options.network },
    refresh: options.refresh ?? false,
    signal: options.signal,
    onProgress: options.onProgress ?? (() => {}),
  });
  return { folder, name: nameOrFolder, source: "hub", revision: commit };
}
