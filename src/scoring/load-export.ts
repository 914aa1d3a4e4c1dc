import {
  EDITOR_VERSION,
  type ExportFamily,
  type ExportFolder,
  type LoadedExport,
  loadExport,
} from "../models/export/index.js";
import { causalEngine } from "./causal/index.js";
import type { Engine } from "./engine.js";
import type { LaneOptions } from "./load-lanes.js";
import { maskedEngine } from "./masked/index.js";
import type { LoadedEngine } from "./model.js";
import type { ModelOptions } from "./model-options.js";
import { seq2seqEngine } from "./seq2seq/index.js";

/** Loads the graphs of an ONNX export in the hub's layout. */
export async function loadExported(
  source: ExportFolder,
  options: ModelOptions,
  lane: LaneOptions,
): Promise<LoadedEngine> {
  // Picked one by one, because callers may pass more options than a model has, such as a run's.
  const { dtype, mmap, maxBatchTokens, cacheFolder } = options;
  const { onProgress } = lane;
  const model = await loadExport(source, {
    ...{ dtype, mmap, maxBatchTokens, cacheFolder },
    ...lane,
    onProgress: (stage) => onProgress({ stage }),
    onNote: (note) => onProgress({ stage: "load", note }),
  });
  const { layers, hidden, heads, family } = model.config;
  let engine: Engine;
  try {
    engine = ENGINES[family](model, options);
  } catch (error) {
    // Otherwise its threads would keep the program running.
    await model.close();
    throw error;
  }
  return {
    engine,
    notes: model.notes,
    facts: {
      parameters: model.parameters,
      ...{ layers, hidden, heads },
      dtype: model.dtype,
      mmap: model.mmap,
      device: lane.device,
      weightsSha256: model.hashes.weights,
      graphVersion: EDITOR_VERSION,
    },
  };
}

const ENGINES: Readonly<Record<ExportFamily, (model: LoadedExport, options: ModelOptions) => Engine>> = {
  masked: maskedEngine,
  seq2seq: seq2seqEngine,
  causal: causalEngine,
};
