import { createHash } from "node:crypto";
import type { Cloze } from "../patterns/index.js";
import type { CalibrationKind } from "./task.js";

/**
 * What stands in the place of an example's own text. Zhao et al. 2021, "Calibrate Before Use", section 5; their code
 * (github.com/tonyzhaozh/few-shot-learning, run_classification.py) has these three. "[MASK]" is plain text there, as GPT's
 * vocabularies have no such token, and it is here: no tokenizer of this program recognises special tokens inside of a
 * text part, whatever the model calls its blank.
 */
export const CONTENT_FREE: readonly string[] = ["N/A", "[MASK]", ""];

/** An id made of the question's parts and answers: what is asked for many examples alike has one id. */
export function calibrationId(
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
