import { didYouMean, GlmEvalError, listNames } from "../errors.js";
import type { FilePosition, Problems } from "../findings.js";
import type { Cloze } from "../patterns/index.js";
import type { DataTask } from "./check-schema.js";
import type { Example } from "./task.js";

/** The gold label or answer of one example. */
export type Gold = Pick<Example, "label" | "gold" | "goldIndex">;

/**
 * Finds the label that a value in the data means; labels are strings as YAML writes them. The first of these rules that
 * exactly one label satisfies applies:
 * 1. the same text: "yes", and 1 or true as YAML and JSON write them;
 * 2. the same number or boolean in another notation: 1.0 or "01" for 1, "True" for true; the same text in another
 *    Unicode form (é as one character, or as e and an accent), a difference that is invisible;
 * 3. if the two labels are 0 and 1, or false and true: 1 for true, 0 for false, and vice versa.
 */
export function findLabel(value: unknown, labels: readonly string[]): string | undefined {
  const text = String(value).trim();
  if (labels.includes(text)) return text;
  const only = (found: readonly string[]) => (found.length === 1 ? found[0] : undefined);
  const same = only(labels.filter((label) => toPlainForm(label) === toPlainForm(text)));
  if (same !== undefined) return same;
  const bits = labels.map(toBit);
  if (labels.length !== 2 || !bits.includes("0") || !bits.includes("1")) return undefined;
  return labels[bits.indexOf(toBit(text))];
}

/** Writes numbers as JavaScript does and booleans in lower case; other texts in Unicode's composed form (NFC). */
function toPlainForm(text: string): string {
  if (isNumeral(text)) return String(Number(text));
  return /^(true|false)$/i.test(text) ? text.toLowerCase() : text.normalize("NFC");
}

function isNumeral(text: string): boolean {
  return /^[-+]?\d+(\.\d+)?$/.test(text);
}

function toBit(text: string): string {
  const form = toPlainForm(text);
  return form === "true" ? "1" : form === "false" ? "0" : form;
}

/** Whether a value is missing, null, without a visible character, or NaN, which tables use for missing numbers. */
function isBlank(value: unknown): boolean {
  return value === undefined || value === null || Number.isNaN(value) || String(value).trim() === "";
}

/** Whether a value is −1, which published test sets use for a withheld label. */
function isWithheld(value: unknown): boolean {
  return toPlainForm(String(value).trim()) === "-1";
}

/** Whether a value means that the gold label is unknown. */
export function isNoGold(value: unknown): boolean {
  return isBlank(value) || isWithheld(value);
}

/**
 * Reads the label column's value: one of the task's labels, or the correct answer if the task has none (its text, or a
 * list of texts that are all correct); with `label_is: index`, the index of either, from 0. The result is empty if the
 * value is missing, null, blank, an empty list, or −1, unless that is one of the labels. If the correct answer is a text,
 * −1 is a text like any other.
 * Any other value is reported.
 * @param position of the example in its data
 */
export function readGold(task: DataTask, value: unknown, position: FilePosition, problems: Problems): Gold {
  const { label: column, labels = [], label_is: form } = task;
  if (isBlank(value)) return {};
  if (form === "index") {
    if (isWithheld(value)) return {};
    const isNumber = ["number", "bigint", "string"].includes(typeof value);
    const index = isNumber ? Number(value) : Number.NaN;
    const limit = labels.length > 0 ? labels.length : Number.POSITIVE_INFINITY;
    if (Number.isInteger(index) && index >= 0 && index < limit)
      return labels.length > 0 ? { label: labels[index]! } : { goldIndex: index };
    const range = labels.length > 0 ? `from 0 to ${labels.length - 1}` : "of at least 0";
    problems.add({
      severity: "error",
      code: "unknown-gold-label",
      ...position,
      message: `found ${JSON.stringify(value)} in column "${column}"; expected a whole number ${range}`,
      hint: "label_is: index means that the column holds indices; remove it if the column holds labels or texts",
    });
    return {};
  }
  if (labels.length === 0) return readGoldTexts([value].flat());
  const label = findLabel(value, labels);
  if (label !== undefined) return { label };
  if (isWithheld(value)) return {};
  problems.add({
    severity: "error",
    code: "unknown-gold-label",
    ...position,
    message: `found label "${value}" in column "${column}", which is not a label of this task`,
    hint: getLabelHint(String(value).trim(), labels),
  });
  return {};
}

/** Reads the correct texts that a reader or the label column gives; empty if none of them has a visible character. */
export function readGoldTexts(texts: readonly unknown[] | undefined): Pick<Gold, "gold"> {
  const gold = (texts ?? []).filter((text) => !isBlank(text)).map(String);
  return gold.length === 0 ? {} : { gold };
}

/** A number is not a typo for another number, but may be a label's index. */
function getLabelHint(text: string, labels: readonly string[]): string {
  if (!isNumeral(text)) return didYouMean(text, labels, "task's labels");
  const index = Number(text);
  const isIndex = Number.isInteger(index) && index >= 0 && index < labels.length;
  const all = `The task's labels are: ${listNames(labels)}`;
  return isIndex ? `${all}; add label_is: index if the column holds their indices from 0` : all;
}

/**
 * Returns the gold texts of an example, if its question's answers are texts; undefined if it has none.
 * @throws GlmEvalError (data) if the index of its gold answer is out of range
 */
export function goldTexts(example: Example, clozes: readonly Cloze[]): readonly string[] | undefined {
  const { gold, goldIndex } = example;
  if (goldIndex === undefined) return gold;
  const answers = clozes.flatMap((cloze) => cloze.answers);
  const answer = answers[goldIndex];
  if (answer !== undefined) return [answer.text.trim()];
  throw new GlmEvalError(
    "unknown-gold-label",
    `the gold answer has index ${goldIndex}, but there ${answers.length === 1 ? "is only 1 answer" : `are only ${answers.length} answers`}`,
    {
      hint: "label_is: index counts answers from 0",
    },
  );
}
