import type { Dtype } from "../models/config/index.js";
import type { Attention, Gelu } from "../models/glm/index.js";
import type { Device } from "../models/onnx/index.js";
import type { Engine } from "./engine.js";
import type { PreparedQuestion, Reader, ReaderFacts } from "./reader.js";

/** What is being done while a model loads; `done` and `total` are bytes. */
export interface LoadEvent {
  readonly stage: "download" | "hash" | "convert" | "check" | "load";
  readonly done?: number | undefined;
  readonly total?: number | undefined;
  readonly file?: string | undefined;
  /** where it is loaded, where that is not the only device */
  readonly device?: Device | undefined;
  /** why nothing moves, or what may go wrong: a sentence to be shown as it is */
  readonly note?: string | undefined;
}

/** A model that can be asked, and all that a record of a run needs to say of it. */
export interface Model<P extends PreparedQuestion = PreparedQuestion> {
  /** as the user named it */
  readonly name: string;
  readonly reader: Reader<P>;
  readonly engine: Engine<P>;
  readonly facts: ModelFacts;
  /** things that the user should know, in sentences; a device that stops while others go on adds one */
  readonly notes: readonly string[];
}

/** One of several devices that a model runs on. */
export interface DeviceFacts {
  readonly name: Device;
  /** of GLM only: ONNX Runtime's fused operator, or plain products where that is wrong on the device */
  readonly attention?: Attention | undefined;
}

/** What an engine's numbers depend on besides the questions. */
export interface EngineFacts {
  readonly parameters?: number | undefined;
  readonly layers?: number | undefined;
  readonly hidden?: number | undefined;
  readonly heads?: number | undefined;
  /** of GLM only: exports have it in their graph */
  readonly gelu?: Gelu | undefined;
  readonly dtype: Dtype;
  /** whether the weights stay in their file instead of being loaded */
  readonly mmap: boolean;
  /** the one device that the model runs on */
  readonly device?: Device | undefined;
  /** of GLM on one device only: ONNX Runtime's fused operator, or plain products where that is wrong on the device */
  readonly attention?: Attention | undefined;
  /** in the place of `device` and `attention`, where the model runs on several */
  readonly devices?: readonly DeviceFacts[] | undefined;
  readonly weightsSha256: string;
  /** of the code that makes the graph, or edits an export's */
  readonly graphVersion: number;
}

/** All that tells one model from another: scores are the same where questions and facts are. */
export interface ModelFacts extends ReaderFacts, EngineFacts {
  readonly source: "folder" | "hub";
  /** the commit of a hub repository */
  readonly revision?: string | undefined;
  /** ONNX Runtime's version */
  readonly onnxruntime: string;
}

/** A model's weights, loaded from its folder. */
export interface LoadedEngine {
  readonly engine: Engine;
  readonly facts: EngineFacts;
  readonly notes: readonly string[];
}
