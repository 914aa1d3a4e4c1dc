import { type Dtype, isOriginalGlm, readConfigJson } from "../models/config/index.js";
import { chooseDevice, parseDevice } from "../models/devices/index.js";
import type { ExportFamily } from "../models/export/index.js";
import { glmDtype } from "../models/glm/index.js";
import { type HubProgress, resolveModel } from "../models/hub/index.js";
import { loadExported } from "./load-export.js";
import { type InfillOptions, loadInfill } from "./load-glm.js";
import type { Decoding } from "./masked/index.js";
import type { LoadEvent, Model } from "./model.js";
import type { Truncation } from "./parts.js";
import type { Family } from "./scorer.js";

export interface LoadModelOptions extends Omit<InfillOptions, "dtype"> {
  /** branch, tag or commit of a hub repository */
  readonly revision?: string;
  /** use only what is in the hub's cache */
  readonly offline?: boolean;
  /** how the model reads a blank, where that is not what config.json says */
  readonly family?: Family;
  /**
   * number format of the weights: what a GLM checkpoint is converted to (default fp32), or which of an export's ONNX
   * files is read (default fp32, or what is nearest to it)
   */
  readonly dtype?: Dtype;
  /** how a masked model's answers of several tokens are scored (default: PET's) */
  readonly decoding?: Decoding;
  /** most tokens of text and one answer together; the model's own limit unless told otherwise */
  readonly maxLength?: number;
  readonly truncation?: Truncation;
  /** most tokens of one pass through the model */
  readonly passTokens?: number;
  readonly threads?: number;
  /**
   * cpu (unless given), cuda, cuda:1, webgpu, or auto: the best that works. A GPU is used only where it gives the CPU's
   * numbers, with the attention that does.
   */
  readonly device?: string;
  /** the cache of converted models; the user's own unless told otherwise */
  readonly cache?: string;
  readonly onProgress?: (event: LoadEvent) => void;
}

/**
 * Loads a model by folder or hub name, ready to score. config.json says which family it is of.
 * @throws GlmEvalError with kind "model" or "data"
 */
export async function loadModel(nameOrFolder: string, options: LoadModelOptions = {}): Promise<Model> {
  const { onProgress = () => undefined, revision, offline, family, dtype, decoding, ...rest } = options;
  const { maxLength, truncation = "glm", threads, cache, passTokens, device, ...infill } = rest;
  const where = await chooseDevice(parseDevice(device ?? "cpu"), threads === undefined ? {} : { threads });
  const resolved = await resolveModel(nameOrFolder, {
    ...(dtype !== undefined && { dtype }),
    ...(revision !== undefined && { revision }),
    ...(offline !== undefined && { offline }),
    onProgress: (p: HubProgress) =>
      onProgress({
        stage: "download",
        file: p.file,
        done: p.receivedTotal,
        total: p.sizeTotal,
        ...(p.note !== undefined && { note: p.note }),
      }),
  });
  const common = {
    truncation,
    onProgress,
    device: where.device,
    ...(maxLength !== undefined && { maxLength }),
    ...(threads !== undefined && { threads }),
    ...(cache !== undefined && { cache }),
  };
  const isGlm =
    family === undefined ? isOriginalGlm(await readConfigJson(resolved.folder)) : family === "infill";
  const loaded = isGlm
    ? await loadInfill(resolved.folder, {
        attention: where.attention,
        ...infill,
        ...common,
        ...(dtype !== undefined && { dtype: glmDtype(dtype) }),
        ...(passTokens !== undefined && { passTokens }),
      })
    : await loadExported(resolved.folder, {
        ...common,
        ...(dtype !== undefined && { dtype }),
        ...(passTokens !== undefined && { passTokens }),
        ...(family !== undefined && { family: family as ExportFamily }),
        ...(decoding !== undefined && { decoding }),
      });
  const { maxLength: limit } = loaded.facts;
  const capped = `The model has ${limit} positions: a length of ${maxLength} is more than it can read, ${limit} is used.`;
  return {
    name: nameOrFolder,
    scorer: loaded.scorer,
    notes: [
      ...(where.note === undefined ? [] : [where.note]),
      ...loaded.notes,
      ...((maxLength ?? 0) > limit ? [capped] : []),
    ],
    facts: {
      source: resolved.source,
      ...(resolved.revision !== undefined && { revision: resolved.revision }),
      ...loaded.facts,
    },
  };
}
