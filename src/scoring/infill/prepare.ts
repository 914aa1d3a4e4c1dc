import { GlmEvalError } from "../../errors.js";
import type { Tokenizer } from "../../models/tokenizers/index.js";
import { type Cloze, type ClozeQuestion, truncate } from "../../patterns/index.js";
import { type InfillQuestion, rowLength } from "./layout.js";

export interface PrepareOptions {
  /** most tokens of context and one answer together, by the reference's count (glm.md §4.3) */
  readonly maxLength: number;
  readonly truncation: "glm" | "longest";
}

interface TokenPart {
  readonly ids: readonly number[];
  readonly shortenable: boolean;
  readonly segment: 0 | 1;
  readonly blank: boolean;
}

/**
 * Tokenises a question part by part, cuts it to length and frames it as `[CLS] … [EOS]`. Nearly always one framed
 * text for all answers of a cloze; several where `truncation: glm` leaves longer answers less room for the text.
 */
export function prepare(
  question: ClozeQuestion,
  tokenizer: Tokenizer,
  options: PrepareOptions,
): InfillQuestion[] {
  return question.clozes.flatMap((cloze, number) => {
    const parts = tokenParts(cloze, tokenizer);
    const answers = cloze.answers.map(({ text }) => {
      const ids = tokenizer.encode(text);
      if (ids.length === 0)
        throw new GlmEvalError("data", `${question.id}: the answer ${JSON.stringify(text)} has no tokens`, {
          hint: "An answer needs at least one character that the model's vocabulary can write.",
        });
      return ids;
    });
    const id = question.clozes.length === 1 ? question.id : `${question.id}#${number}`;
    return groupBySameCut(parts, answers, question, options).map(({ cut, parts: kept, answers: group }) => {
      const { context, blank } = frame(kept, tokenizer);
      return { id, context, blank, answers: group, cut, length: rowLength(context, group) };
    });
  });
}

function tokenParts({ pattern }: Cloze, tokenizer: Tokenizer): TokenPart[] {
  const parts: TokenPart[] = [];
  let segment: 0 | 1 = 0;
  for (const part of pattern.parts) {
    if (part.kind === "segment") segment = 1;
    else if (part.kind === "blank")
      parts.push({ ids: [tokenizer.special.mask], shortenable: false, segment, blank: true });
    else
      parts.push({ ids: tokenizer.encode(part.text), shortenable: part.shortenable, segment, blank: false });
  }
  return parts;
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
  { maxLength, truncation }: PrepareOptions,
): CutGroup[] {
  // [CLS] and [EOS], and the answer with its end of piece.
  const text = parts.reduce((sum, part) => sum + part.ids.length, 0) + 2;
  const single = question.answerKind === "words" && answers.every((answer) => answer.length === 1);
  const own = truncation === "glm" && !single;
  const longest = Math.max(...answers.map((answer) => answer.length));
  const excess = (answer: number) => Math.max(0, text + (single ? 1 : answer + 1) - maxLength);
  const cutFor = (amount: number): readonly TokenPart[] => {
    if (amount === 0) return parts;
    const lengths = truncate(
      parts.map(({ ids, shortenable, segment }) => ({ length: ids.length, shortenable, segment })),
      amount,
      truncation,
    );
    if (!lengths) throw tooLong(question.id, maxLength + amount, maxLength, parts);
    return parts.map((part, k) => ({ ...part, ids: part.ids.slice(0, lengths[k]) }));
  };
  if (!own || excess(longest) === 0) {
    const cut = excess(longest);
    return [{ cut, parts: cutFor(cut), answers }];
  }
  return answers.map((answer) => {
    const cut = excess(answer.length);
    return { cut, parts: cutFor(cut), answers: [answer] };
  });
}

function tooLong(id: string, found: number, limit: number, parts: readonly TokenPart[]): GlmEvalError {
  const cuttable = parts.some(({ shortenable }) => shortenable);
  return new GlmEvalError(
    "data",
    `${id}: text and answer take ${found} tokens; at most ${limit} fit${cuttable ? ", and too little of the text may be cut" : ""}`,
    {
      hint: cuttable
        ? "Mark more of the pattern with `| shorten`, or raise --max-length if the model allows."
        : "Shorten the text or the answer, or raise --max-length if the model allows.",
    },
  );
}

function frame(parts: readonly TokenPart[], tokenizer: Tokenizer): { context: number[]; blank: number } {
  const context = [tokenizer.special.cls];
  let blank = -1;
  for (const part of parts) {
    if (part.blank) blank = context.length;
    context.push(...part.ids);
  }
  context.push(tokenizer.special.eos);
  return { context, blank };
}
