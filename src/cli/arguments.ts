import type { Mmap } from "../models/onnx/index.js";
import type { Decoding, Dtype, Family } from "../scoring/index.js";

// What the flags of options.ts give.

/** The options that say which files of a model are read. */
export interface CheckpointArguments {
  readonly revision?: string;
  readonly offline: boolean;
}

/** The options that say how a model reads a text. */
export interface ReadingArguments extends CheckpointArguments {
  readonly model?: string;
  readonly baseline?: readonly string[];
  readonly protocol: "glm" | "glm-hf";
  readonly maxLength?: number;
  readonly truncation?: "glm" | "longest";
  readonly family?: Family;
  readonly decoding?: Decoding;
  readonly maskToken?: string;
  readonly eosToken?: string;
}

/** The options that say which model is asked, and where it computes. */
export interface ModelArguments extends ReadingArguments {
  readonly gelu?: "erf" | "tanh";
  readonly dtype?: Dtype;
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

/** Which examples are shown before each question. */
export interface FewshotArguments {
  readonly numFewshot: number;
  readonly fewshotSeed: number;
  readonly fewshotBalanced: boolean;
}

export interface DataArguments extends SplitArguments, FewshotArguments {
  readonly split: "validation" | "test" | "train";
  readonly patterns?: string;
  readonly aggregate?: "auto" | "max" | "mean" | "sum";
}

export interface OutputArguments {
  readonly output?: string;
  readonly resume: boolean;
  readonly published: string;
  readonly json: boolean;
}
