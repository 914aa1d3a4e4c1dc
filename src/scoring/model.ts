import type { Dtype } from "../models/config/index.js";
import type { Attention, Gelu } from "../models/glm/index.js";
import type { Device } from "../models/onnx/index.js";
import type { Engine } from "./engine.js";
import type { PreparedQuestion, Reader, ReaderFacts } from "./reader.js";

/** Progress of loading a model; `done` and `total` are bytes. */
export interface LoadEvent {
  readonly stage: "download" | "hash" | "convert" | "check" | "load";
  readonly done?: number | undefined;
  readonly total?: number | undefined;
  readonly file?: string | undefined;
  /** the device it is loaded on, if there are several */
  readonly device?: Device | undefined;
  /** why there is no progress, or what may go wrong: a sentence to be shown as it is */
  readonly note?: string | undefined;
}

/** A loaded model, and everything that a run's record states about it. */
export interface Model<P extends PreparedQuestion = PreparedQuestion> {
  /** as the user named it */
  readonly name: string;
  readonly reader: Reader<P>;
  readonly engine: Engine<P>;
  readonly facts: ModelFacts;
  /** notes for the user, as full sentences; a device that stops while others continue adds one */
  readonly notes: readonly string[];
}

/** One of several devices that a model runs on. */
export interface DeviceFacts {
  readonly name: Device;
  /** GLM only: ONNX Runtime's fused operator, or plain products if that operator is wrong on the device */
  readonly attention?: Attention | undefined;
}

/** What an engine's numbers depend on in addition to the questions. */
export interface EngineFacts {
  readonly parameters?: number | undefined;
  readonly layers?: number | undefined;
  readonly hidden?: number | undefined;
  readonly heads?: number | undefined;
  /** GLM only: exports have it in their graph */
  readonly gelu?: Gelu | undefined;
  readonly dtype: Dtype;
  /** whether the weights stay in their file instead of being loaded */
  readonly mmap: boolean;
  /** the one device that the model runs on */
  readonly device?: Device | undefined;
  /** GLM on a single device only: ONNX Runtime's fused operator, or plain products if that operator is wrong on the device */
  readonly attention?: Attention | undefined;
  /** instead of `device` and `attention`, if the model runs on several devices */
  readonly devices?: readonly DeviceFacts[] | undefined;
  readonly weightsSha256: string;
  /** version of the code that builds the graph, or edits an export's */
  readonly graphVersion: number;
}

/** Everything that distinguishes one model from another: equal questions and facts give equal scores. */
export interface ModelFacts extends ReaderFacts, EngineFacts {
  readonly source: "folder" | "hub";
  /** the commit of a hub repository */
  readonly revision?: string | undefined;
  /** ONNX Runtime's version */
  readonly onnxruntime: string;
}

/** An engine with a model's weights, loaded from its folder. */
export interface LoadedEngine {
  readonly engine: Engine;
  readonly facts: EngineFacts;
  readonly notes: readonly string[];
}
