import { GlmEvalError } from "../errors.js";
import type { RenderedPattern } from "./cloze-question.js";
import { BLANK } from "./compile.js";
import { layout } from "./part-layout.js";

/**
 * Parses a cloze text as a user types it: plain text with one [MASK], not a template. Its parts are never truncated.
 * @throws GlmEvalError (usage) if there is not exactly one [MASK]
 */
export function parseCloze(text: string): RenderedPattern {
  const texts = text.split(BLANK);
  if (texts.length !== 2) {
    const found = texts.length === 1 ? `no ${BLANK}` : `${texts.length - 1} ${BLANK}`;
    throw new GlmEvalError("bad-text", `found ${found} in ${JSON.stringify(text)}; expected exactly one`, {
      hint: `write ${BLANK} where the answer goes: "Paris is the capital of ${BLANK}."`,
    });
  }
  return layout([
    { kind: "literal", text: texts[0]! },
    { kind: "blank" },
    { kind: "literal", text: texts[1]! },
  ]);
}
