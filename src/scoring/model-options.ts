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
  /** use only the hub's cache */
  readonly offline?: boolean | undefined;
  /** how the model reads a blank, overriding config.json */
  readonly family?: Family | undefined;
  /** how a masked model's multi-token answers are scored (default: PET's rule) */
  readonly decoding?: Decoding | undefined;
  /** maximum number of tokens of text and one answer; default: the model's limit */
  readonly maxLength?: number | undefined;
  /** what is truncated first; default: the protocol's rule */
  readonly truncation?: Truncation | undefined;
  /**
   * GLM only: whose special tokens and GELU to use where the two code bases differ (default: the original
   * repository's)
   */
  readonly protocol?: Protocol | undefined;
  /** GLM only: the token (or its id) that represents the blank; default: the protocol's */
  readonly maskToken?: string | number | undefined;
  /** GLM only: the token that ends the text; default: the one in tokenizer_config.json */
  readonly eosToken?: string | undefined;
  readonly onProgress?: ((event: LoadEvent) => void) | undefined;
}

/** Options that determine how a model reads its questions, and with which weights and where it computes. */
export interface ModelOptions extends ReaderOptions {
  /** GLM only: skip tensors that no GLM has, instead of refusing the checkpoint */
  readonly allowExtraTensors?: boolean | undefined;
  /**
   * number format of the weights: the format that a GLM checkpoint is converted to (default: fp32), or the ONNX file of
   * an export to use (default: fp32, or the available one closest to it)
   */
  readonly dtype?: Dtype | undefined;
  /** GLM only: the activation; default: the one in config.json, otherwise the protocol's */
  readonly gelu?: Gelu | undefined;
  /** number of ONNX Runtime's threads, for each CPU session */
  readonly threads?: number | undefined;
  /** whether to memory-map the weights; auto (default): if they would not fit in memory */
  readonly mmap?: Mmap | undefined;
  /**
   * cpu (default), cuda, cuda:1, webgpu, or auto for the best that works. A GPU is used only if it reproduces the CPU's
   * results, with an attention that does so.
   */
  readonly device?: string | undefined;
  /**
   * Several of these instead of `device`, each with its own session of the model; cpu may be repeated. auto alone: all
   * of the best kind that works.
   */
  readonly devices?: readonly string[] | undefined;
  /** maximum number of tokens per pass through the model, including padding (default: 512); `score` can override it */
  readonly maxBatchTokens?: number | undefined;
  /** called with a sentence about a device that stops while the others continue */
  readonly onStopped?: ((note: string) => void) | undefined;
  /** the cache of converted models; default: the user's */
  readonly cacheFolder?: string | undefined;
}
