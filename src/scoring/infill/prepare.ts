import type { Tokenizer } from "../../models/tokenizers/index.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import { answerTokens, clozeId, cutParts, type TokenPart, textLength, tokenParts } from "../parts.js";
import type { ReadOptions } from "../scorer.js";
import { type InfillQuestion, rowLength } from "./layout.js";

/**
 * Tokenises a question part by part, cuts it to length and frames it as `[CLS] … [EOS]`. Nearly always one framed
 * text for all answers of a cloze; several where `truncation: glm` leaves longer answers less room for the text.
 * @param options maxLength: most tokens of context and one answer together, by the reference's count (glm.md §4.3)
 */
export function prepare(
  question: ClozeQuestion,
  tokenizer: Tokenizer,
  options: ReadOptions,
): InfillQuestion[] {
  const encode = (text: string) => tokenizer.encode(text);
  return question.clozes.flatMap((cloze, number) => {
    const parts = tokenParts(cloze, encode);
    const answers = answerTokens(question.id, cloze, encode);
    const id = clozeId(question, number);
    return groupBySameCut(parts, answers, question, options).map(({ cut, parts: kept, answers: group }) => {
      const { context, blank } = frame(kept, tokenizer);
      return { id, context, blank, answers: group, cut, length: rowLength(context, group) };
    });
  });
}

interface CutGroup {
  readonly cut: number;
  readonly parts: readonly TokenPart[];
  readonly answers: readonly (readonly number[])[];
}

/**
 * What is left of the text for each answer. Where answers have several tokens the reference cuts for every one on its
 * own (longer answer, shorter context); for a verbalizer of single tokens it counts no answer but the start of piece.
 * The rule "longest" cuts once, for the longest answer, so that all answers are judged in the same context.
 */
function groupBySameCut(
  parts: readonly TokenPart[],
  answers: readonly (readonly number[])[],
  question: ClozeQuestion,
  { maxLength, truncation }: ReadOptions,
): CutGroup[] {
  // [CLS], the mask and [EOS], and the answer with its end of piece.
  const text = textLength(parts) + 3;
  const single = question.answerKind === "words" && answers.every((answer) => answer.length === 1);
  const own = truncation === "glm" && !single;
  const longest = Math.max(...answers.map((answer) => answer.length));
  const excess = (answer: number) => Math.max(0, text + (single ? 1 : answer + 1) - maxLength);
  const group = (length: number, asked: readonly (readonly number[])[]): CutGroup => {
    const cut = excess(length);
    return {
      cut,
      parts: cutParts(question.id, parts, cut, { truncation, limit: maxLength }),
      answers: asked,
    };
  };
  if (!own || excess(longest) === 0) return [group(longest, answers)];
  return answers.map((answer) => group(answer.length, [answer]));
}

function frame(parts: readonly TokenPart[], tokenizer: Tokenizer): { context: number[]; blank: number } {
  const context = [tokenizer.special.cls];
  let blank = -1;
  for (const part of parts) {
    if (part.blank) blank = context.push(tokenizer.special.mask) - 1;
    else context.push(...part.ids);
  }
  context.push(tokenizer.special.eos);
  return { context, blank };
}
