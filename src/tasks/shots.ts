import type { Cloze, Part, RenderedPattern } from "../patterns/index.js";
import { addSpace } from "../verbalizers/index.js";
import { goldTexts } from "./gold.js";
import type { Decision, Example, Shot } from "./task.js";

/**
 * Turns an example into a few-shot example: the pattern with the gold answer in its blank. The gold answer is the first word
 * of the gold label, the answer that maps to it, the text of the gold choice, or the gold text. If the answers are judged
 * together ("first", "greedy"), only an example of the second label determines the blank: it is its first answer; GLM and
 * T5 train only on those. The segment border is left out: shots belong to the first segment.
 * @returns undefined if the example does not determine what fills the blank
 */
export function makeShot(
  example: Example,
  clozes: readonly Cloze[],
  { decision, labels }: { decision: Decision; labels: readonly string[] },
): Shot | undefined {
  const gold = goldAnswer(example, clozes, decision === "best" ? undefined : labels[1]);
  if (gold === undefined || gold.text.trim() === "") return undefined;
  return gold.pattern.parts.flatMap((part): Part[] => {
    if (part.kind === "segment") return [];
    return [{ kind: "text", text: part.kind === "blank" ? gold.text : part.text, shortenable: false }];
  });
}

/** @param only the one label whose examples show the first answer, if not every label has its own answer */
function goldAnswer(
  example: Example,
  clozes: readonly Cloze[],
  only: string | undefined,
): { pattern: RenderedPattern; text: string } | undefined {
  const [{ pattern, answers }] = clozes as readonly [Cloze];
  if (only !== undefined) return example.label === only ? { pattern, text: answers[0]!.text } : undefined;
  if (example.label !== undefined) {
    return clozes
      .flatMap((cloze) => cloze.answers.map(({ label, text }) => ({ pattern: cloze.pattern, label, text })))
      .find(({ label }) => label === example.label);
  }
  const gold = goldTexts(example, clozes);
  if (gold === undefined) return undefined;
  const offered = answers.find(({ text }) => gold.includes(text.trim()));
  return { pattern, text: offered?.text ?? addSpace(gold[0]!, pattern.spaceBeforeBlank) };
}

/** Puts shots before a cloze, each followed by the separator, which is dropped together with its shot. */
export function withShots(cloze: Cloze, shots: readonly Shot[], separator: string): Cloze {
  const before = shots.flatMap((parts, shot) =>
    [...parts, { kind: "text", text: separator, shortenable: false } as const].map((part) => ({
      ...part,
      shot,
    })),
  );
  return { ...cloze, pattern: { ...cloze.pattern, parts: [...before, ...cloze.pattern.parts] } };
}
