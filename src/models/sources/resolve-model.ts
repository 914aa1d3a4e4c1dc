import { GlmEvalError } from "../../errors.js";
import { DEFAULT_LIMITS, type NetworkLimits } from "../../fetch/http/index.js";
import { checkRevision, fetchSnapshot, type HubProgress, hubSettings } from "../../fetch/hub/index.js";
import type { Dtype } from "../config/index.js";
import { suggestModel } from "./known-models.js";
import { filesMissing } from "./missing-files.js";
import { localFolder } from "./model-folder.js";
import { filesWanted } from "./wanted-files.js";

export interface ResolvedModel {
  /** absolute path of a folder that holds the model's files (links to them, where it came from the hub) */
  readonly folder: string;
  /** the name as it was given */
  readonly name: string;
  readonly source: "folder" | "hub";
  /** commit of 40 hexadecimal digits; only of models from the hub */
  readonly revision?: string;
}

export interface ResolveOptions {
  /** of an ONNX export on the hub: the number format of its weights; "fp32" unless told. A GLM has one, whatever is said. */
  readonly dtype?: Dtype | undefined;
  /** branch, tag or commit; "main" unless told */
  readonly revision?: string | undefined;
  /** use the cache only; also HF_HUB_OFFLINE=1 */
  readonly offline?: boolean | undefined;
  /** ask the hub whether a branch has moved, even where the cache has all of the model */
  readonly refresh?: boolean | undefined;
  readonly onProgress?: ((progress: HubProgress) => void) | undefined;
  /** read for HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT …; the process's own unless given */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly network?: Partial<NetworkLimits> | undefined;
}

/**
 * Finds a model's files: a folder is taken as it is, "OWNER/NAME" comes from the hub through the cache that it shares
 * with Python's huggingface_hub. Only what is needed is downloaded: of a GLM its config, tokenizer and one format of
 * weights, of any other model its ONNX export of one dtype (`onnx/`) with config and tokenizer.json; never code. A download
 * that was cut goes on where it stopped. What the cache holds is used without asking the hub.
 * @throws GlmEvalError (model), GlmEvalError (usage) for a revision of a folder, or the abort signal's reason
 */
export async function resolveModel(
  nameOrFolder: string,
  options: ResolveOptions = {},
): Promise<ResolvedModel> {
  const env = options.env ?? process.env;
  const local = await localFolder(nameOrFolder, env);
  if (local !== undefined) {
    if (options.revision !== undefined) {
      throw new GlmEvalError(
        "folder-revision",
        `${nameOrFolder} is a folder, and folders have no revisions`,
        {
          hint: "Leave the revision out, or name a model on the hub (OWNER/NAME).",
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
      choose: (listing, text) => filesWanted(listing, text, { name: nameOrFolder, dtype }),
      missing: (held) => filesMissing(held, dtype),
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
