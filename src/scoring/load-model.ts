import { type Dtype, isOriginalGlm, readConfigJson } from "../models/config/index.js";
import { chooseDevices, parseDevices, runtimeFacts } from "../models/devices/index.js";
import type { ExportFamily } from "../models/export/index.js";
import { glmDtype } from "../models/glm/index.js";
import { type HubProgress, resolveModel } from "../models/sources/index.js";
import { loadExported } from "./load-export.js";
import { type InfillOptions, loadInfill } from "./load-glm.js";
import { loadOnAll } from "./load-places.js";
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
  /** of ONNX Runtime, for each session on the CPU */
  readonly threads?: number;
  /**
   * cpu (unless given), cuda, cuda:1, webgpu, or auto: the best that works. A GPU is used only where it gives the CPU's
   * numbers, with the attention that does.
   */
  readonly device?: string;
  /**
   * Several of these in the place of `device`, each with a session of the model; cpu may be named several times. auto
   * alone: all of the best kind that works.
   */
  readonly devices?: readonly string[];
  /** told in a sentence of a device that stops while the others go on */
  readonly onStopped?: (note: string) => void;
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
  const { maxLength, truncation = "glm", threads, cache, passTokens, device, devices, ...others } = rest;
  const { onStopped = () => undefined, mmap, ...infill } = others;
  const wanted = parseDevices({ ...(device !== undefined && { device }), ...(devices && { devices }) });
  const chosen = await chooseDevices(wanted, threads === undefined ? {} : { threads });
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
    ...(maxLength !== undefined && { maxLength }),
    ...(mmap !== undefined && { mmap }),
    ...(cache !== undefined && { cache }),
    ...(passTokens !== undefined && { passTokens }),
  };
  const isGlm =
    family === undefined ? isOriginalGlm(await readConfigJson(resolved.folder)) : family === "infill";
  const notes: string[] = [];
  const stopped = (note: string): void => {
    notes.push(note);
    onStopped(note);
  };
  const places = { onProgress, onStopped: stopped, ...(threads !== undefined && { threads }) };
  const loaded = await loadOnAll(chosen.places, places, ({ attention, cpuSessions, ...place }) =>
    isGlm
      ? loadInfill(resolved.folder, {
          attention,
          ...infill,
          ...common,
          ...place,
          cpuSessions,
          ...(dtype !== undefined && { dtype: glmDtype(dtype) }),
        })
      : loadExported(resolved.folder, {
          ...common,
          ...place,
          ...(dtype !== undefined && { dtype }),
          ...(family !== undefined && { family: family as ExportFamily }),
          ...(decoding !== undefined && { decoding }),
        }),
  );
  const { maxLength: limit } = loaded.facts;
  const capped = `The model has ${limit} positions: a length of ${maxLength} is more than it can read, ${limit} is used.`;
  notes.push(...chosen.notes, ...loaded.notes, ...((maxLength ?? 0) > limit ? [capped] : []));
  return {
    name: nameOrFolder,
    scorer: loaded.scorer,
    notes,
    facts: {
      source: resolved.source,
      ...(resolved.revision !== undefined && { revision: resolved.revision }),
      ...loaded.facts,
      onnxruntime: runtimeFacts().version,
    },
  };
}
