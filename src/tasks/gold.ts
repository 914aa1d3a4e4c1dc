import { didYouMean, GlmEvalError } from "../errors.js";
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
 * 2. the same number or truth value written otherwise: 1.0 or "01" for 1, "True" for true;
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

/** Numbers as JavaScript writes them and truth values in lower case; other texts as they are. */
function plainForm(text: string): string {
  if (/^[-+]?\d+(\.\d+)?$/.test(text)) return String(Number(text));
  return /^(true|false)$/i.test(text) ? text.toLowerCase() : text;
}

function bit(text: string): string {
  const form = plainForm(text);
  return form === "true" ? "1" : form === "false" ? "0" : form;
}

/**
 * Reads the label column's value: one of the task's labels, or the right answer where the task has none (its text, or a
 * list of texts that are all right); with `label_is: index` the place of either, from 0. Empty where the value says
 * nothing: missing, null, "", or −1 for an index, as published test sets have it.
 * A value that is none of these is reported.
 * @param position of the example in its data
 */
export function goldOf(task: DataTask, value: unknown, position: FilePosition, problems: Problems): Gold {
  const { label: column, labels = [], label_is: form } = task;
  if (value === undefined || value === null || value === "") return {};
  if (form === "index") {
    const isNumber = typeof value === "number" || (typeof value === "string" && value.trim() !== "");
    const index = isNumber ? Number(value) : Number.NaN;
    if (index === -1) return {};
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
  if (labels.length === 0) return { gold: [value].flat().map(String) };
  const label = labelOf(value, labels);
  if (label !== undefined) return { label };
  problems.add({
    severity: "error",
    code: "unknown-gold-label",
    ...position,
    message: `found label "${value}" in column "${column}"`,
    hint: didYouMean(String(value), labels, "task's labels"),
  });
  return {};
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
