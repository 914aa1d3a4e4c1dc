import type { Mmap } from "../models/onnx/index.js";
import type { Decoding, Dtype, Family } from "../scoring/index.js";

// What the flags of options.ts give.

/** The options that say which files of a model are read. */
export interface CheckpointArguments {
  readonly revision?: string;
  readonly offline: boolean;
}

/** The options that say whose tokenizer reads a text, and how it is cut. */
export interface ReadingArguments extends CheckpointArguments {
  readonly model?: string;
  readonly baseline?: readonly string[];
  readonly protocol: "glm" | "glm-hf";
  readonly maxLength?: number;
  readonly truncation?: "glm" | "longest";
}

/** The options that say which model is asked, and how it reads a text. */
export interface ModelArguments extends ReadingArguments {
  readonly gelu?: "erf" | "tanh";
  readonly maskToken?: string;
  readonly eosToken?: string;
  readonly family?: Family;
  readonly dtype?: Dtype;
  readonly decoding?: Decoding;
  readonly threads?: number;
  readonly mmap?: Mmap;
  readonly device?: string;
  readonly devices?: string;
  readonly allowExtraTensors: boolean;
}

export interface ScoringArguments {
  readonly endOfPiece?: "auto" | "yes" | "no";
  readonly normalization?: "auto" | "sum" | "mean";
  readonly maxBatchTokens?: number;
  readonly batchSize?: number | "auto";
}

export interface CacheArguments {
  readonly cache: boolean;
}

/** Which examples are looked at. */
export interface SplitArguments {
  readonly data?: string;
  readonly split?: "validation" | "test" | "train";
  readonly limit?: number;
}

export interface DataArguments extends SplitArguments {
  readonly split: "validation" | "test" | "train";
  readonly patterns?: string;
  readonly aggregate?: "auto" | "max" | "mean" | "sum";
  readonly numFewshot: number;
  readonly fewshotSeed: number;
  readonly fewshotBalanced: boolean;
}

export interface OutputArguments {
  readonly output?: string;
  readonly resume: boolean;
  readonly published: string;
  readonly json: boolean;
}
