import type { Dtype } from "../models/config/index.js";
import type { Attention, Gelu } from "../models/glm/index.js";
import type { Device } from "../models/onnx/index.js";
import type { Decoding } from "./masked/index.js";
import type { Truncation } from "./parts.js";
import type { Family, Scorer } from "./scorer.js";

/** What is being done while a model loads; `done` and `total` are bytes. */
export interface LoadEvent {
  readonly stage: "download" | "hash" | "convert" | "check" | "load";
  readonly done?: number;
  readonly total?: number;
  readonly file?: string;
  /** where it is loaded, where that is not the only device */
  readonly device?: Device;
  /** why nothing moves, or what may go wrong: a sentence to be shown as it is */
  readonly note?: string;
}

/** A model that can be asked, and all that a record of a run needs to say of it. */
export interface Model {
  /** as the user named it */
  readonly name: string;
  readonly scorer: Scorer;
  readonly facts: ModelFacts;
  /** things that the user should know, in sentences; a device that stops while others go on adds one */
  readonly notes: readonly string[];
}

/** One of several devices that a model runs on. */
export interface DeviceFacts {
  readonly name: Device;
  /** of GLM only: ONNX Runtime's fused operator, or plain products where that is wrong on the device */
  readonly attention?: Attention;
}

export interface ModelFacts {
  readonly source: "folder" | "hub";
  readonly revision?: string;
  readonly family: Family;
  /** config.json's model_type */
  readonly architecture: string;
  readonly parameters?: number;
  readonly layers?: number;
  readonly hidden?: number;
  readonly heads?: number;
  readonly vocabSize: number;
  readonly maxLength: number;
  readonly truncation: Truncation;
  /** of GLM only: exports have it in their graph */
  readonly gelu?: Gelu;
  /** of masked models only */
  readonly decoding?: Decoding;
  readonly dtype: Dtype;
  /** whether the weights stay in their file instead of being loaded */
  readonly mmap: boolean;
  /** the one device that the model runs on */
  readonly device?: Device;
  /** of GLM on one device only: ONNX Runtime's fused operator, or plain products where that is wrong on the device */
  readonly attention?: Attention;
  /** in the place of `device` and `attention`, where the model runs on several */
  readonly devices?: readonly DeviceFacts[];
  readonly specialTokens: Readonly<Record<string, number>>;
  readonly weightsSha256: string;
  readonly tokenizerSha256: string;
  /** of the code that makes the graph, or edits an export's */
  readonly graphVersion: number;
  /** ONNX Runtime's version */
  readonly onnxruntime: string;
}

/** A model of one family, loaded from its folder. */
export interface Loaded {
  readonly scorer: Scorer;
  readonly facts: Omit<ModelFacts, "source" | "revision" | "onnxruntime">;
  readonly notes: readonly string[];
}
