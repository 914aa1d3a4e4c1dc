/**
 * What a report says, in no form yet. All numbers are in percent (MCC times 100) or points, in full precision; all
 * texts are one line without control characters, but not escaped for any form.
 */
export interface Table {
  readonly caption: Caption;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** what a reader must know to read the table rightly, in order */
  readonly notes: readonly Note[];
}

/** What a table is of, above it. */
export interface Caption {
  /** what the table is of: "glm-tiny" */
  readonly subject: string;
  /** "protocol glm", "validation split" */
  readonly facts: readonly string[];
  /** what its numbers are: "values in percent" */
  readonly unit: string;
}

/** A column: what its cells hold, and whose numbers they are. */
export interface Column {
  /** its name in parts from the top, each short enough for a line of its own but a model's name: "BERT-Large", "fine-tuned", "dev set" */
  readonly head: readonly string[];
  /** of its cells, where they hold anything; a column of "spread" has values where a row has no spread */
  readonly kind: "text" | "count" | "value" | "spread" | "interval" | "difference" | "p" | "comparison";
  /** whether it names the row, is what the table is read for, or tells more of it */
  readonly role: "row" | "main" | "detail";
  /** whose numbers it has */
  readonly group: "own" | "baseline" | "published";
}

/** A row: values, a heading of those below it, or why there are none. */
export type Row =
  /** what the rows below it, up to the next one of this kind, are about */
  | { readonly kind: "section"; readonly label: string }
  | {
      readonly kind: "values";
      /** one for each column */
      readonly cells: readonly Cell[];
    }
  | {
      readonly kind: "message";
      readonly label: string;
      /** "unlabelled": it was predicted, but there is no gold label to judge it by */
      readonly status: "missing" | "failed" | "unlabelled";
      readonly message?: string | undefined;
    };

/** One cell, by what it holds: forms decide how that looks. */
export type Cell =
  /** nothing belongs here */
  | { readonly kind: "blank" }
  /** a value belongs here, and there is none */
  | { readonly kind: "absent" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "value"; readonly value: number; readonly mark?: Mark | undefined }
  | { readonly kind: "spread"; readonly mean: number; readonly sd: number; readonly mark?: Mark | undefined }
  | { readonly kind: "interval"; readonly low: number; readonly high: number }
  | DifferenceCell
  | PCell
  | ComparisonCell;

/** How far the run's model is above another, in points. */
export interface DifferenceCell {
  readonly kind: "difference";
  readonly points: number;
}

/** How surely two models differ. */
export interface PCell {
  readonly kind: "p";
  readonly p: number;
  readonly mark?: Mark | undefined;
}

/** Another model's value, how far the run's model is above it, and how surely. */
export interface ComparisonCell {
  readonly kind: "comparison";
  readonly value: number;
  readonly difference?: DifferenceCell | undefined;
  readonly p?: PCell | undefined;
}

/** What a sign beside a number says. */
export type Mark = "significant" | "same-tokens";

/** A sentence below a table. */
export interface Note {
  readonly kind:
    | "model"
    | "baseline"
    | "data"
    | "suite"
    | "spread"
    | "measure"
    | "comparison"
    | "published"
    | "task";
  /** the mark that the note explains */
  readonly mark?: Mark | undefined;
  readonly text: string;
}

/** Why a row has no values: "failed: the text is too long", "no file", "no gold labels; predictions in samples/". */
export function messageOf({ status, message }: Extract<Row, { kind: "message" }>): string {
  const found = { failed: ["failed"], missing: ["no file"], unlabelled: [] }[status];
  return [...found, ...(message === undefined ? [] : [message])].join(": ");
}

export const BLANK: Cell = { kind: "blank" };
export const ABSENT: Cell = { kind: "absent" };

export function text(of: string): Cell {
  return { kind: "text", text: of };
}

/** @param fraction of 1 */
export function value(fraction: number, mark?: Mark): Cell {
  return { kind: "value", value: 100 * fraction, mark };
}

/** @param low and high: fractions of 1 */
export function interval(low: number, high: number): Cell {
  return { kind: "interval", low: 100 * low, high: 100 * high };
}

/** @param fraction of 1 */
export function difference(fraction: number): DifferenceCell {
  return { kind: "difference", points: 100 * fraction };
}

export function pCell(p: number): PCell {
  return { kind: "p", p, mark: p < 0.05 ? "significant" : undefined };
}
