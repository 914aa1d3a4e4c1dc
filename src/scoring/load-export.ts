import type { Dtype } from "../models/config/index.js";
import { EDITOR_VERSION, type ExportFamily, type LoadedExport, loadExport } from "../models/export/index.js";
import type { Device, Mmap } from "../models/onnx/index.js";
import { causalScorer } from "./causal/index.js";
import { type Decoding, maskedScorer } from "./masked/index.js";
import type { LoadEvent, Loaded } from "./model.js";
import type { Truncation } from "./parts.js";
import { readOptionsOf } from "./read-options.js";
import type { ReadOptions, Scorer } from "./scorer.js";
import { seq2seqScorer } from "./seq2seq/index.js";

export interface ExportedOptions {
  readonly family?: ExportFamily;
  readonly dtype?: Dtype;
  readonly decoding?: Decoding;
  readonly maxLength?: number;
  readonly passTokens?: number;
  readonly truncation: Truncation;
  readonly threads?: number;
  readonly device?: Device;
  readonly mmap?: Mmap;
  readonly cache?: string;
  readonly onProgress: (event: LoadEvent) => void;
}

/** Loads an ONNX export in the hub's layout from its folder, with the scorer of its family. */
export async function loadExported(folder: string, options: ExportedOptions): Promise<Loaded> {
  const { decoding = "default", maxLength, truncation, passTokens, ...loadOptions } = options;
  const model = await loadExport(folder, {
    ...loadOptions,
    ...(passTokens !== undefined && { batchTokens: passTokens }),
    onProgress: (stage) => options.onProgress({ stage }),
    onNote: (note) => options.onProgress({ stage: "load", note }),
  });
  const { config, tokenizer, hashes, notes, parameters } = model;
  const reading = readOptionsOf(config, { truncation, ...(maxLength !== undefined && { maxLength }) });
  const { sentinels, ...special } = tokenizer.special;
  let scorer: Scorer;
  try {
    const passes = passTokens !== undefined && { passTokens };
    scorer = scorerOf(model, { ...reading, decoding, ...passes });
  } catch (error) {
    // Its threads would keep the program from ending.
    await model.close();
    throw error;
  }
  return {
    scorer,
    notes,
    facts: {
      family: config.family,
      architecture: config.modelType,
      ...(parameters !== undefined && { parameters }),
      ...(config.layers !== undefined && { layers: config.layers }),
      ...(config.hidden !== undefined && { hidden: config.hidden }),
      ...(config.heads !== undefined && { heads: config.heads }),
      vocabSize: config.vocabSize,
      ...reading,
      ...(config.family === "masked" && { decoding }),
      dtype: model.dtype,
      mmap: model.mmap,
      device: options.device ?? "cpu",
      specialTokens: { ...special, ...(sentinels[0] !== undefined && { sentinel: sentinels[0] }) },
      weightsSha256: hashes.weights,
      tokenizerSha256: hashes.tokenizer,
      graphVersion: EDITOR_VERSION,
    },
  };
}

function scorerOf(
  model: LoadedExport,
  options: ReadOptions & { readonly decoding: Decoding; readonly passTokens?: number },
): Scorer {
  switch (model.config.family) {
    case "masked":
      return maskedScorer(model, options);
    case "seq2seq":
      return seq2seqScorer(model, options);
    case "causal":
      return causalScorer(model, options);
  }
}
