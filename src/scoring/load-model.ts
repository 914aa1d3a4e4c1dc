import { type Gelu, type LoadOptions as GlmOptions, loadGlm, parameterCount } from "../models/glm/index.js";
import { type HubProgress, resolveModel } from "../models/hub/index.js";
import { infillScorer } from "./infill/index.js";
import type { Scorer } from "./scorer.js";

export interface LoadModelOptions extends Partial<Omit<GlmOptions, "onProgress">> {
  /** branch, tag or commit of a hub repository */
  readonly revision?: string;
  /** use only what is in the hub's cache */
  readonly offline?: boolean;
  /** most tokens of text and one answer together; the model's own limit unless told otherwise */
  readonly maxLength?: number;
  readonly truncation?: "glm" | "longest";
  readonly onProgress?: (event: LoadEvent) => void;
}

/** What is being done while a model loads; `done` and `total` are bytes. */
export interface LoadEvent {
  readonly stage: "download" | "hash" | "convert" | "load";
  readonly done?: number;
  readonly total?: number;
  readonly file?: string;
  /** why nothing moves, where something is waited for: to be shown as it is */
  readonly note?: string;
}

/** A model that can be asked, and all that a record of a run needs to say of it. */
export interface Model {
  /** as the user named it */
  readonly name: string;
  readonly scorer: Scorer;
  readonly facts: ModelFacts;
  readonly notes: readonly string[];
}

export interface ModelFacts {
  readonly source: "folder" | "hub";
  readonly revision?: string;
  readonly family: "infill";
  readonly parameters: number;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly vocabSize: number;
  readonly maxLength: number;
  readonly truncation: "glm" | "longest";
  readonly gelu: Gelu;
  readonly dtype: "float32";
  readonly device: "cpu";
  readonly specialTokens: Readonly<Record<string, number>>;
  readonly weightsSha256: string;
  readonly tokenizerSha256: string;
}

/**
 * Loads a GLM by folder or hub name, ready to score.
 * @throws GlmEvalError with kind "model" or "data"
 */
export async function loadModel(nameOrFolder: string, options: LoadModelOptions = {}): Promise<Model> {
  const { onProgress, revision, offline, maxLength, truncation = "glm", ...glmOptions } = options;
  const resolved = await resolveModel(nameOrFolder, {
    ...(revision !== undefined && { revision }),
    ...(offline !== undefined && { offline }),
    onProgress: (p: HubProgress) =>
      onProgress?.({
        stage: "download",
        file: p.file,
        done: p.receivedTotal,
        total: p.sizeTotal,
        ...(p.note !== undefined && { note: p.note }),
      }),
  });
  const glm = await loadGlm(resolved.folder, {
    convention: "glm",
    ...glmOptions,
    onProgress: (stage, progress) => onProgress?.({ stage, ...progress }),
  });
  const { config } = glm;
  const limit = Math.min(maxLength ?? config.maxLength, config.maxLength);
  const capped = `The model has ${config.maxLength} positions: a length of ${maxLength} is more than it can read, ${limit} is used.`;
  return {
    name: nameOrFolder,
    scorer: infillScorer(glm, { maxLength: limit, truncation }),
    notes: (maxLength ?? 0) > limit ? [...glm.notes, capped] : glm.notes,
    facts: {
      source: resolved.source,
      ...(resolved.revision !== undefined && { revision: resolved.revision }),
      family: "infill",
      parameters: parameterCount(config),
      layers: config.layers,
      hidden: config.hidden,
      heads: config.heads,
      vocabSize: config.vocabSize,
      maxLength: limit,
      truncation,
      gelu: glm.gelu,
      dtype: "float32",
      device: "cpu",
      specialTokens: { ...glm.tokenizer.special },
      weightsSha256: glm.hashes.weights,
      tokenizerSha256: glm.hashes.tokenizer,
    },
  };
}
