import { GlmEvalError } from "../errors.js";
import type { Answer, CompiledText, Fields } from "../patterns/index.js";

/** Where the answers of a pattern come from. */
export type AnswerSource =
  /** the words of a verbalizer, label by label in class order */
  | { readonly kind: "words"; readonly words: readonly LabelWords[] }
  /** one template per answer; the first answer maps to the first label, and so on */
  | {
      readonly kind: "templates";
      readonly templates: readonly CompiledText[];
      readonly labels?: readonly string[];
    }
  /** a column with a list of texts, numbers or booleans; with labels, the first item maps to the first label, and so on */
  | { readonly kind: "column"; readonly column: string; readonly labels?: readonly string[] };

export interface LabelWords {
  readonly label: string;
  readonly words: readonly string[];
}

/**
 * Returns the answers of one example, in order.
 * @throws GlmEvalError (data) if an answer is empty, or the column does not hold a list of texts
 */
export function getAnswers(source: AnswerSource, spaceBeforeBlank: boolean, fields: Fields): Answer[] {
  if (source.kind === "words") {
    return source.words.flatMap(({ label, words }) =>
      words.map((word) => ({ text: addSpace(word, spaceBeforeBlank), label })),
    );
  }
  const texts =
    source.kind === "templates"
      ? source.templates.map((template) => template.render(fields))
      : readTexts(fields[source.column], source.column);
  const { labels } = source;
  if (labels !== undefined && texts.length > labels.length) {
    throw new GlmEvalError(
      "bad-answers",
      `found ${texts.length} answers; expected at most ${labels.length}, one per label (${labels.join(", ")})`,
    );
  }
  return texts.map((answer, i) => {
    if (answer.trim() === "") throw new GlmEvalError("bad-answers", `answer ${i + 1} is empty`);
    const text = addSpace(answer, spaceBeforeBlank);
    const label = labels?.[i];
    return label === undefined ? { text } : { text, label };
  });
}

/**
 * Returns an answer as it appears in the blank. A space before the blank belongs to the answer; a space at the start of the
 * answer itself is always kept (MultiRC's pattern p3 fills "[[MASK]]" with " True", as GLM's code does).
 */
export function addSpace(answer: string, spaceBeforeBlank: boolean): string {
  return spaceBeforeBlank && !/^\s/.test(answer) ? ` ${answer}` : answer;
}

function readTexts(value: unknown, column: string): readonly string[] {
  const isText = (each: unknown) => ["string", "number", "boolean"].includes(typeof each);
  if (!Array.isArray(value) || value.length === 0 || !value.every(isText)) {
    throw new GlmEvalError(
      "bad-answers",
      `column "${column}" holds ${describe(value)}; expected a list of one or more texts`,
    );
  }
  return value.map(String);
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.length === 0 ? "an empty list" : "a list with items that are not text";
}
