import {
  BUILDER_VERSION,
  type LoadOptions as GlmOptions,
  loadGlm,
  parameterCount,
} from "../models/glm/index.js";
import type { Device } from "../models/onnx/index.js";
import { infillScorer } from "./infill/index.js";
import type { LoadEvent, Loaded } from "./model.js";
import type { Truncation } from "./parts.js";
import { PASS_TOKENS } from "./passes.js";

export type InfillOptions = Partial<
  Omit<GlmOptions, "onProgress" | "onNote" | "batchTokens" | "cache" | "threads" | "device" | "cpuSessions">
>;

/** Loads a GLM checkpoint from its folder. */
export async function loadInfill(
  folder: string,
  options: InfillOptions & {
    readonly maxLength?: number;
    readonly passTokens?: number;
    readonly truncation: Truncation;
    readonly cache?: string;
    readonly threads?: number;
    readonly device?: Device;
    readonly cpuSessions?: number;
    readonly onProgress: (event: LoadEvent) => void;
  },
): Promise<Loaded> {
  const { maxLength, truncation, passTokens = PASS_TOKENS, onProgress, ...glmOptions } = options;
  const glm = await loadGlm(folder, {
    convention: "glm",
    ...glmOptions,
    batchTokens: passTokens,
    onProgress: (stage, progress) => onProgress({ stage, ...progress }),
    onNote: (note) => onProgress({ stage: "load", note }),
  });
  const { config } = glm;
  const limit = Math.min(maxLength ?? config.maxLength, config.maxLength);
  return {
    scorer: infillScorer(glm, { maxLength: limit, truncation }),
    notes: glm.notes,
    facts: {
      family: "infill",
      architecture: "glm",
      parameters: parameterCount(config),
      layers: config.layers,
      hidden: config.hidden,
      heads: config.heads,
      vocabSize: config.vocabSize,
      maxLength: limit,
      truncation,
      gelu: glm.gelu,
      dtype: glm.dtype,
      mmap: glm.mmap,
      device: options.device ?? "cpu",
      attention: options.attention ?? "fused",
      specialTokens: { ...glm.tokenizer.special },
      weightsSha256: glm.hashes.weights,
      tokenizerSha256: glm.hashes.tokenizer,
      graphVersion: BUILDER_VERSION,
    },
  };
}
