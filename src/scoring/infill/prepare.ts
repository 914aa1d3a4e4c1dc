import type { Tokenizer } from "../../models/tokenizers/index.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import { answerTokens, clozeId, cutParts, fittingParts, type TokenPart, textLength } from "../parts.js";
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
    const answers = answerTokens(question.id, cloze, encode);
    const longest = Math.max(...answers.map((answer) => answer.length));
    const excess = excessOf(question, answers, options.maxLength);
    const { parts, shotsDropped } = fittingParts(cloze, encode, (left) => excess(left, longest));
    const id = clozeId(question, number);
    const cutFor = (length: number, asked: readonly (readonly number[])[]): InfillQuestion => {
      const cut = excess(parts, length);
      const limits = { truncation: options.truncation, limit: options.maxLength };
      const { context, blank } = frame(cutParts(question.id, parts, cut, limits), tokenizer);
      return {
        id,
        context,
        blank,
        answers: asked,
        cut,
        length: rowLength(context, asked),
        ...(shotsDropped > 0 && { shotsDropped }),
      };
    };
    const own = options.truncation === "glm" && !isSingle(question, answers);
    if (!own || excess(parts, longest) === 0) return [cutFor(longest, answers)];
    return answers.map((answer) => cutFor(answer.length, [answer]));
  });
}

/**
 * How many tokens a text is too long for an answer of a length. Where answers have several tokens the reference cuts for
 * every one on its own (longer answer, shorter context); for a verbalizer of single tokens it counts no answer but the
 * start of piece. The rule "longest" cuts once, for the longest answer, so that all answers are judged in the same
 * context.
 */
function excessOf(question: ClozeQuestion, answers: readonly (readonly number[])[], maxLength: number) {
  const single = isSingle(question, answers);
  // [CLS], the mask and [EOS], and the answer with its end of piece.
  return (parts: readonly TokenPart[], answer: number): number =>
    Math.max(0, textLength(parts) + 3 + (single ? 1 : answer + 1) - maxLength);
}

function isSingle({ answerKind }: ClozeQuestion, answers: readonly (readonly number[])[]): boolean {
  return answerKind === "words" && answers.every((answer) => answer.length === 1);
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
