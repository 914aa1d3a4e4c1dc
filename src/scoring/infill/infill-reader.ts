import type { GlmFolder } from "../../models/glm/index.js";
import type { Tokenizer } from "../../models/tokenizers/index.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import { limitNotes } from "../length-limit.js";
import type { ReaderOptions } from "../model-options.js";
import { answerTokens, clozeId, cutParts, fittingParts, type TokenPart, textLength } from "../parts.js";
import { type LoadedReader, type ReadCloze, readerOf } from "../preview.js";
import { truncationOf } from "../protocol.js";
import type { ReaderFacts } from "../reader.js";
import type { InfillQuestion } from "./infill-batch.js";

/** What the vocabularies of GLM call a piece that they cannot write. */
const UNKNOWN = new Set(["[UNK]", "<unk>"]);

/**
 * Reads questions as a GLM does: `[CLS] text with its blank [EOS]`. Nearly always one framed text for all answers of a
 * cloze; several where `truncation: glm` leaves longer answers less room for the text.
 * @param options maxLength: most tokens of context and one answer together, by the reference's count (glm.md §4.3)
 */
export function infillReader(
  { config, tokenizer }: Pick<GlmFolder, "config" | "tokenizer">,
  options: Pick<ReaderOptions, "maxLength" | "truncation" | "protocol"> = {},
): LoadedReader<InfillQuestion> {
  const maxLength = Math.min(options.maxLength ?? config.maxLength, config.maxLength);
  const facts: ReaderFacts = {
    family: "infill",
    architecture: "glm",
    vocabSize: config.vocabSize,
    maxLength,
    truncation: truncationOf(options),
    specialTokens: { ...tokenizer.special },
    tokenizerSha256: tokenizer.hash,
  };
  const { sop, eop } = tokenizer.special;
  const ids = Array.from({ length: tokenizer.size }, (_, id) => id);
  return readerOf({
    facts,
    notes: limitNotes(maxLength, options.maxLength),
    unknown: ids.find((id) => UNKNOWN.has(tokenizer.token(id))),
    encode: (text) => tokenizer.encode(text),
    token: (id) => tokenizer.token(id),
    read: (question) => read(question, tokenizer, facts),
    reads: ({ context }) => [{ input: "text", tokens: [...context, sop, null, eop] }],
  });
}

/** Tokenises a question part by part, cuts it to length and frames it. */
function read(
  question: ClozeQuestion,
  tokenizer: Tokenizer,
  { maxLength, truncation }: ReaderFacts,
): ReadCloze<InfillQuestion>[] {
  const encode = (text: string) => tokenizer.encode(text);
  return question.clozes.flatMap((cloze, number) => {
    const answers = answerTokens(question.id, cloze, encode);
    const longest = Math.max(...answers.map((answer) => answer.length));
    const excess = excessOf(question, answers, maxLength);
    const { parts: whole, shotsDropped } = fittingParts(cloze, encode, (left) => excess(left, longest));
    const id = clozeId(question, number);
    const cutFor = (length: number, asked: readonly (readonly number[])[]): ReadCloze<InfillQuestion> => {
      const cut = excess(whole, length);
      const kept = cutParts(question.id, whole, cut, { truncation, limit: maxLength });
      const { context, blank } = frame(kept, tokenizer);
      const dropped = shotsDropped > 0 && { shotsDropped };
      return {
        prepared: { id, context, blank, answers: asked, cut, ...dropped },
        cloze: number,
        whole,
        kept,
      };
    };
    const own = truncation === "glm" && !isSingle(question, answers);
    if (!own || excess(whole, longest) === 0) return [cutFor(longest, answers)];
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
