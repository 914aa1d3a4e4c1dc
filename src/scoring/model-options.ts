import type { Dtype } from "../models/config/index.js";
import type { Gelu } from "../models/glm/index.js";
import type { Mmap } from "../models/onnx/index.js";
import type { Decoding } from "./masked/decoding.js";
import type { LoadEvent } from "./model.js";
import type { Truncation } from "./parts.js";
import type { Protocol } from "./protocol.js";
import type { Family } from "./reader.js";

/** Options that determine how a model reads its questions. */
export interface ReaderOptions {
  /** branch, tag or commit of a hub repository */
  readonly revision?: string | undefined;
  /** use only files in the hub's cache */
  readonly offline?: boolean | undefined;
  /** how the model fills a blank, to override config.json */
  readonly family?: Family | undefined;
  /** how a masked model scores multi-token answers (default: PET's order) */
  readonly decoding?: Decoding | undefined;
  /** maximum number of tokens of text and one answer together; default: the model's limit */
  readonly maxLength?: number | undefined;
  /** what is truncated first; default: the protocol's */
  readonly truncation?: Truncation | undefined;
  /** GLM: whose special tokens and GELU, if the two code bases differ (default: the original repository's) */
  readonly protocol?: Protocol | undefined;
  /** GLM: the mask token for the blank (or its id); default: the protocol's */
  readonly maskToken?: string | number | undefined;
  /** GLM: the token that ends the text; default: from tokenizer_config.json */
  readonly eosToken?: string | undefined;
  readonly onProgress?: ((event: LoadEvent) => void) | undefined;
}

/** Options that determine how a model reads its questions, which weights it uses, and where it runs. */
export interface ModelOptions extends ReaderOptions {
  /** GLM: ignore tensors that are not part of a GLM instead of rejecting the checkpoint */
  readonly allowExtraTensors?: boolean | undefined;
  /**
   * number format of the weights: what a GLM checkpoint is converted to (default fp32), or which of an export's ONNX
   * files is read (default fp32, or the nearest available)
   */
  readonly dtype?: Dtype | undefined;
  /** GLM: variant of its GELU activation; default: from config.json, else the protocol's */
  readonly gelu?: Gelu | undefined;
  /** number of ONNX Runtime threads for each CPU session */
  readonly threads?: number | undefined;
  /** whether the weights are memory-mapped; auto (default): only if they do not fit in memory */
  readonly mmap?: Mmap | undefined;
  /**
   * cpu (default), cuda, cuda:1, webgpu, or auto: the best device that works. A GPU is used only if it gives the CPU's
   * numbers, with the attention variant that does.
   */
  readonly device?: string | undefined;
  /**
   * Several devices instead of `device`, each with its own session of the model; cpu may be listed several times. Only
   * auto: all devices of the best kind that works.
   */
  readonly devices?: readonly string[] | undefined;
  /** maximum number of tokens per pass through the model, including padding (default 512); `score` can override it */
  readonly maxBatchTokens?: number | undefined;
  /** called with a sentence when a device stops while the others continue */
  readonly onStopped?: ((note: string) => void) | undefined;
  /** the cache of converted models; default: the user's */
  readonly cacheFolder?: string | undefined;
}
