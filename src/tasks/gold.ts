import { didYouMean, GlmEvalError, listNames } from "../errors.js";
import type { FilePosition, Problems } from "../findings.js";
import type { Cloze } from "../patterns/index.js";
import type { DataTask } from "./check-schema.js";
import type { Example } from "./task.js";

/** What the label column of one example says. */
export type Gold = Pick<Example, "label" | "gold" | "goldIndex">;

/**
 * The label that a value of the data stands for, labels being texts as YAML writes them. The first of these that
 * exactly one label meets:
 * 1. the same text: "yes", and 1 or true as YAML and JSON write them;
 * 2. the same number or truth value written otherwise: 1.0 or "01" for 1, "True" for true; the same text in another
 *    Unicode form (é as one character, or as e and an accent), which nobody can see;
 * 3. where the two labels are 0 and 1, or false and true: 1 for true, 0 for false, and the other way round.
 */
export function labelOf(value: unknown, labels: readonly string[]): string | undefined {
  const text = String(value).trim();
  if (labels.includes(text)) return text;
  const only = (found: readonly string[]) => (found.length === 1 ? found[0] : undefined);
  const same = only(labels.filter((label) => plainForm(label) === plainForm(text)));
  if (same !== undefined) return same;
  const bits = labels.map(bit);
  if (labels.length !== 2 || !bits.includes("0") || !bits.includes("1")) return undefined;
  return labels[bits.indexOf(bit(text))];
}

/** Numbers as JavaScript writes them and truth values in lower case; other texts in Unicode's composed form (NFC). */
function plainForm(text: string): string {
  if (isNumeral(text)) return String(Number(text));
  return /^(true|false)$/i.test(text) ? text.toLowerCase() : text.normalize("NFC");
}

function isNumeral(text: string): boolean {
  return /^[-+]?\d+(\.\d+)?$/.test(text);
}

function bit(text: string): string {
  const form = plainForm(text);
  return form === "true" ? "1" : form === "false" ? "0" : form;
}

/** Whether a value says nothing: missing, null, without a visible character, or NaN, which tables have for missing numbers. */
function isBlank(value: unknown): boolean {
  return value === undefined || value === null || Number.isNaN(value) || String(value).trim() === "";
}

/** −1 in the place of a label: published test sets have it where the label is withheld. */
function isWithheld(value: unknown): boolean {
  return plainForm(String(value).trim()) === "-1";
}

/** Whether a value is in the place of a gold label that is not known. */
export function isNoGold(value: unknown): boolean {
  return isBlank(value) || isWithheld(value);
}

/**
 * Reads the label column's value: one of the task's labels, or the right answer if the task has none (its text, or a
 * list of texts that are all right); with `label_is: index` the place of either, from 0. Empty if the value says nothing:
 * missing, null, blank, an empty list, or −1, unless that is one of the labels. Where the right answer is a text, −1 is
 * a text like any other.
 * A value that is none of these is reported.
 * @param position of the example in its data
 */
export function goldOf(task: DataTask, value: unknown, position: FilePosition, problems: Problems): Gold {
  const { label: column, labels = [], label_is: form } = task;
  if (isBlank(value)) return {};
  if (form === "index") {
    if (isWithheld(value)) return {};
    const isNumber = ["number", "bigint", "string"].includes(typeof value);
    const index = isNumber ? Number(value) : Number.NaN;
    const limit = labels.length > 0 ? labels.length : Number.POSITIVE_INFINITY;
    if (Number.isInteger(index) && index >= 0 && index < limit)
      return labels.length > 0 ? { label: labels[index]! } : { goldIndex: index };
    const last = labels.length > 0 ? ` to ${labels.length - 1}` : " on";
    problems.add({
      severity: "error",
      code: "unknown-gold-label",
      ...position,
      message: `found ${JSON.stringify(value)} in column "${column}"; expected a whole number from 0${last}`,
      hint: "label_is: index says that the column holds places; leave it out where it holds labels or texts",
    });
    return {};
  }
  if (labels.length === 0) return goldOfTexts([value].flat());
  const label = labelOf(value, labels);
  if (label !== undefined) return { label };
  if (isWithheld(value)) return {};
  problems.add({
    severity: "error",
    code: "unknown-gold-label",
    ...position,
    message: `found label "${value}" in column "${column}"`,
    hint: labelHint(String(value).trim(), labels),
  });
  return {};
}

/** The right texts, as a reader or the label column gives them; empty if none of them has a visible character. */
export function goldOfTexts(texts: readonly unknown[] | undefined): Pick<Gold, "gold"> {
  const gold = (texts ?? []).filter((text) => !isBlank(text)).map(String);
  return gold.length === 0 ? {} : { gold };
}

/** A number is no slip of the pen of another number, but may be a label's place. */
function labelHint(text: string, labels: readonly string[]): string {
  if (!isNumeral(text)) return didYouMean(text, labels, "task's labels");
  const index = Number(text);
  const place = Number.isInteger(index) && index >= 0 && index < labels.length;
  const all = `The task's labels are: ${listNames(labels)}`;
  return place ? `${all}; label_is: index, if the column holds their places from 0` : all;
}

/**
 * The gold texts of an example, where its question's answers are texts; undefined where it has none.
 * @throws GlmEvalError (data) where its gold answer is the place of no answer
 */
export function goldTexts(example: Example, clozes: readonly Cloze[]): readonly string[] | undefined {
  const { gold, goldIndex } = example;
  if (goldIndex === undefined) return gold;
  const answers = clozes.flatMap((cloze) => cloze.answers);
  const answer = answers[goldIndex];
  if (answer !== undefined) return [answer.text.trim()];
  throw new GlmEvalError(
    "unknown-gold-label",
    `the gold answer is number ${goldIndex}, but there are only ${answers.length}`,
    {
      hint: "label_is: index counts answers from 0",
    },
  );
}
