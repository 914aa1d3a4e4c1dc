import {
  BUILDER_VERSION,
  countGlmParameters,
  type GlmFolder,
  loadGlm,
  toGlmDtype,
} from "../models/glm/index.js";
import { infillEngine } from "./infill/index.js";
import type { LaneOptions } from "./load-lanes.js";
import type { LoadedEngine } from "./model.js";
import type { ModelOptions } from "./model-options.js";
import { DEFAULT_BATCH_TOKENS } from "./passes.js";

/** Loads a GLM checkpoint's weights. */
export async function loadInfill(
  source: GlmFolder,
  options: ModelOptions,
  lane: LaneOptions,
): Promise<LoadedEngine> {
  // Picked one by one, because callers may pass more options than a model has, such as a run's.
  const { protocol, gelu, allowExtraTensors, mmap, cacheFolder } = options;
  const { dtype, maxBatchTokens = DEFAULT_BATCH_TOKENS } = options;
  const { onProgress } = lane;
  const glm = await loadGlm(source, {
    ...{ protocol, gelu, allowExtraTensors, mmap, cacheFolder },
    ...lane,
    maxBatchTokens,
    dtype: dtype && toGlmDtype(dtype),
    onProgress: (stage, progress) => onProgress({ stage, ...progress }),
    onNote: (note) => onProgress({ stage: "load", note }),
  });
  const { layers, hidden, heads } = glm.config;
  return {
    engine: infillEngine(glm),
    notes: glm.notes,
    facts: {
      parameters: countGlmParameters(glm.config),
      ...{ layers, hidden, heads },
      gelu: glm.gelu,
      dtype: glm.dtype,
      mmap: glm.mmap,
      device: lane.device,
      attention: lane.attention,
      weightsSha256: glm.hashes.weights,
      graphVersion: BUILDER_VERSION,
    },
  };
}
