import type { Dtype } from "../models/config/index.js";
import type { Gelu } from "../models/glm/index.js";
import type { Mmap } from "../models/onnx/index.js";
import type { Decoding } from "./masked/decoding.js";
import type { LoadEvent } from "./model.js";
import type { Truncation } from "./parts.js";
import type { Protocol } from "./protocol.js";
import type { Family } from "./reader.js";

/** What decides how a model reads its questions. */
export interface ReaderOptions {
  /** branch, tag or commit of a hub repository */
  readonly revision?: string | undefined;
  /** use only what is in the hub's cache */
  readonly offline?: boolean | undefined;
  /** how the model reads a blank, where that is not what config.json says */
  readonly family?: Family | undefined;
  /** how a masked model's answers of several tokens are scored (default: PET's) */
  readonly decoding?: Decoding | undefined;
  /** most tokens of text and one answer together; the model's own limit unless given */
  readonly maxLength?: number | undefined;
  /** what is cut first; the protocol's unless given */
  readonly truncation?: Truncation | undefined;
  /** of GLM: whose special tokens and GELU, where the two code bases differ (default: the original repository's) */
  readonly protocol?: Protocol | undefined;
  /** of GLM: the token (or its id) that stands for the blank; the protocol's unless given */
  readonly maskToken?: string | number | undefined;
  /** of GLM: the token that ends the text; tokenizer_config.json's unless given */
  readonly eosToken?: string | undefined;
  readonly onProgress?: ((event: LoadEvent) => void) | undefined;
}

/** What decides how a model reads its questions, and with which weights and where it computes. */
export interface ModelOptions extends ReaderOptions {
  /** of GLM: leave out tensors that no GLM has, instead of refusing the checkpoint */
  readonly allowExtraTensors?: boolean | undefined;
  /**
   * number format of the weights: what a GLM checkpoint is converted to (default fp32), or which of an export's ONNX
   * files is read (default fp32, or what is nearest to it)
   */
  readonly dtype?: Dtype | undefined;
  /** of GLM: its activation; config.json's unless given, else the protocol's */
  readonly gelu?: Gelu | undefined;
  /** of ONNX Runtime, for each session on the CPU */
  readonly threads?: number | undefined;
  /** whether the weights stay in their file; auto (default): where they would not fit into memory */
  readonly mmap?: Mmap | undefined;
  /**
   * cpu (unless given), cuda, cuda:1, webgpu, or auto: the best that works. A GPU is used only where it gives the CPU's
   * numbers, with the attention that does.
   */
  readonly device?: string | undefined;
  /**
   * Several of these in the place of `device`, each with a session of the model; cpu may be named several times. auto
   * alone: all of the best kind that works.
   */
  readonly devices?: readonly string[] | undefined;
  /** most tokens of one pass through the model, padding included (default 512); `score` may be given another number */
  readonly maxBatchTokens?: number | undefined;
  /** told in a sentence of a device that stops while the others go on */
  readonly onStopped?: ((note: string) => void) | undefined;
  /** the cache of converted models; the user's own unless given */
  readonly cacheFolder?: string | undefined;
}
