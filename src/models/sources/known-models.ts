import { nearest } from "../../errors.js";
import type { Tokenizer } from "../tokenizers/index.js";

/** A GLM checkpoint published on the hub. */
export interface KnownModel {
  /** OWNER/NAME on the hub */
  readonly name: string;
  readonly layers: number;
  readonly hidden: number;
  /** number of weights, in millions */
  readonly millions: number;
  /** approximate download size in bytes; undefined if the stored precision is unknown */
  readonly bytes: number | undefined;
  readonly tokenizer: Tokenizer["family"];
  readonly language: "English" | "Chinese";
}

/**
 * The published GLM checkpoints, smallest first. Sizes are computed from the number of weights and the stored
 * precision.
 */
export const KNOWN_MODELS: readonly KnownModel[] = [
  known("THUDM/glm-roberta-large", 24, 1024, 354.87, 1.42e9, "bpe", "English"),
  known("THUDM/glm-large-chinese", 24, 1024, 355.66, 0.71e9, "sentencepiece", "Chinese"),
  known("THUDM/glm-515m", 30, 1152, 514.63, undefined, "wordpiece", "English"),
  known("THUDM/glm-2b", 36, 2048, 1920.1, 3.84e9, "bpe", "English"),
  known("THUDM/glm-10b", 48, 4096, 9880.7, 19.8e9, "bpe", "English"),
  known("THUDM/glm-10b-chinese", 48, 4096, 9879.6, 19.8e9, "sentencepiece", "Chinese"),
];

function known(
  name: string,
  layers: number,
  hidden: number,
  millions: number,
  bytes: number | undefined,
  tokenizer: KnownModel["tokenizer"],
  language: KnownModel["language"],
): KnownModel {
  return { name, layers, hidden, millions, bytes, tokenizer, language };
}

/** Suggests the published model that a mistyped name, with or without its owner, was probably meant to be. */
export function suggestModel(name: string): string | undefined {
  const names = KNOWN_MODELS.map((model) => model.name).filter((candidate) => candidate !== name);
  const whole = nearest(name, names);
  if (whole !== undefined) return whole;
  const bare = name.slice(name.lastIndexOf("/") + 1);
  const near = nearest(
    bare,
    names.map((candidate) => candidate.slice(candidate.indexOf("/") + 1)),
  );
  return near === undefined ? undefined : names.find((candidate) => candidate.endsWith(`/${near}`));
}
