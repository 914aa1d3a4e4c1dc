import type { GlmFolder } from "../../models/glm/index.js";
import type { Tokenizer } from "../../models/tokenizers/index.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import { getLimitNotes } from "../length-limit.js";
import type { ReaderOptions } from "../model-options.js";
import { countTextTokens, cutParts, encodeAnswers, fitParts, makeClozeId, type TokenPart } from "../parts.js";
import { type LoadedReader, makeReader, type ReadCloze } from "../preview.js";
import { chooseTruncation } from "../protocol.js";
import type { ReaderFacts } from "../reader.js";
import type { InfillQuestion } from "./infill-batch.js";

/** Names of the unknown token in GLM vocabularies. */
const UNKNOWN = new Set(["[UNK]", "<unk>"]);

/**
 * Makes a reader for a GLM: `[CLS] text with its blank [EOS]`. Nearly always all answers of a cloze share one framed text;
 * there are several if `truncation: glm` leaves longer answers less room for the text.
 * @param options maxLength: maximum number of tokens of context and one answer together, by the reference's count (glm.md §4.3)
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
    truncation: chooseTruncation(options),
    specialTokens: { ...tokenizer.special },
    tokenizerSha256: tokenizer.hash,
  };
  const { sop, eop } = tokenizer.special;
  const ids = Array.from({ length: tokenizer.size }, (_, id) => id);
  return makeReader({
    facts,
    notes: getLimitNotes(maxLength, options.maxLength),
    unknown: ids.find((id) => UNKNOWN.has(tokenizer.token(id))),
    encode: (text) => tokenizer.encode(text),
    token: (id) => tokenizer.token(id),
    read: (question) => read(question, tokenizer, facts),
    reads: ({ context }) => [{ input: "text", tokens: [...context, sop, null, eop] }],
  });
}

/** Tokenizes a question part by part, truncates it and frames it. */
function read(
  question: ClozeQuestion,
  tokenizer: Tokenizer,
  { maxLength, truncation }: ReaderFacts,
): ReadCloze<InfillQuestion>[] {
  const encode = (text: string) => tokenizer.encode(text);
  return question.clozes.flatMap((cloze, number) => {
    const answers = encodeAnswers(question.id, cloze, encode);
    const longest = Math.max(...answers.map((answer) => answer.length));
    const excess = makeExcess(question, answers, maxLength);
    const { parts: whole, shotsDropped } = fitParts(cloze, encode, (left) => excess(left, longest));
    const id = makeClozeId(question, number);
    const truncateFor = (
      length: number,
      scored: readonly (readonly number[])[],
    ): ReadCloze<InfillQuestion> => {
      const cut = excess(whole, length);
      const kept = cutParts(question.id, whole, cut, { truncation, limit: maxLength });
      const { context, blank } = frame(kept, tokenizer);
      const dropped = shotsDropped > 0 && { shotsDropped };
      return {
        prepared: { id, context, blank, answers: scored, cut, ...dropped },
        cloze: number,
        whole,
        kept,
      };
    };
    const separate = truncation === "glm" && !isSingle(question, answers);
    if (!separate || excess(whole, longest) === 0) return [truncateFor(longest, answers)];
    return answers.map((answer) => truncateFor(answer.length, [answer]));
  });
}

/**
 * Returns a function that computes by how many tokens a text is too long for an answer of a given length. For multi-token
 * answers the reference truncates for each one separately (longer answer, shorter context); for a verbalizer of single
 * tokens it counts only the start of piece, not the answer. The rule "longest" truncates once, for the longest answer, so
 * all answers are judged in the same context.
 */
function makeExcess(question: ClozeQuestion, answers: readonly (readonly number[])[], maxLength: number) {
  const single = isSingle(question, answers);
  // [CLS], the mask and [EOS], and the answer with its end of piece.
  return (parts: readonly TokenPart[], answer: number): number =>
    Math.max(0, countTextTokens(parts) + 3 + (single ? 1 : answer + 1) - maxLength);
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
