import { createHash } from "node:crypto";
import type { Cloze } from "../patterns/index.js";
import type { CalibrationKind } from "./task.js";

/**
 * The content-free inputs that replace an example's own text. Zhao et al. 2021, "Calibrate Before Use", section 5; their code
 * (github.com/tonyzhaozh/few-shot-learning, run_classification.py) has these three. "[MASK]" is plain text there, because GPT's
 * vocabularies have no such token, and so it is here: the tokenizers of this program do not recognize special tokens inside
 * a text part, whatever the model calls its blank.
 */
export const CONTENT_FREE: readonly string[] = ["N/A", "[MASK]", ""];

/** Makes an id from the question's parts and answers: a question that many examples share has one id. */
export function makeCalibrationId(
  task: string,
  pattern: string,
  kind: CalibrationKind,
  clozes: readonly Cloze[],
): string {
  const content = clozes.map(({ pattern: { parts }, answers }) => [
    parts.map((part) =>
      part.kind === "text" ? [part.text, part.shortenable, part.shot ?? null] : part.kind,
    ),
    answers.map(({ text, label }) => [text, label ?? null]),
  ]);
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  return `${task}/${pattern}/~${kind}/${hash.slice(0, 12)}`;
}
