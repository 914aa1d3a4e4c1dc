/**
 * A table of a report, independent of the output format. All numbers are in percent (MCC times 100) or points, in full
 * precision; all texts are one line without control characters, but not escaped for any format.
 */
export interface Table {
  readonly caption: Caption;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** what a reader must know to interpret the table, in order */
  readonly notes: readonly Note[];
}

/** The heading above a table. */
export interface Caption {
  /** what the table is about: "glm-tiny" */
  readonly subject: string;
  /** "protocol glm", "validation split" */
  readonly facts: readonly string[];
  /** the unit of its numbers: "values in percent" */
  readonly unit: string;
}

/** A column: what its cells contain, and whose numbers they are. */
export interface Column {
  /** its name in lines from the top, each short except for a model's name: "BERT-Large", "fine-tuned", "dev set" */
  readonly head: readonly string[];
  /** of its non-empty cells; a "spread" column has "value" cells in rows without a spread */
  readonly kind: "text" | "count" | "value" | "spread" | "interval" | "difference" | "p" | "comparison";
  /** whether it identifies the row, holds the main value, or adds detail */
  readonly role: "row" | "main" | "detail";
  /** whose numbers it contains */
  readonly group: "own" | "baseline" | "published";
}

/** A row: values, a heading for the rows below, or the reason why there are no values. */
export type Row =
  /** a heading for the rows below, up to the next section */
  | { readonly kind: "section"; readonly label: string }
  | {
      readonly kind: "values";
      /** one per column */
      readonly cells: readonly Cell[];
    }
  | {
      readonly kind: "message";
      readonly label: string;
      /** "unlabelled": it was predicted, but there is no gold label to judge it by */
      readonly status: "missing" | "failed" | "unlabelled";
      readonly message?: string | undefined;
    };

/** A cell, by its content; each format decides how to show it. */
export type Cell =
  /** not applicable */
  | { readonly kind: "blank" }
  /** applicable, but there is no value */
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

/** The p-value of the difference between two models. */
export interface PCell {
  readonly kind: "p";
  readonly p: number;
  readonly mark?: Mark | undefined;
}

/** Another model's value, how far the run's model is above it, and the p-value of that difference. */
export interface ComparisonCell {
  readonly kind: "comparison";
  readonly value: number;
  readonly difference?: DifferenceCell | undefined;
  readonly p?: PCell | undefined;
}

/** What a sign next to a number means. */
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
export function describeMessage({ status, message }: Extract<Row, { kind: "message" }>): string {
  const found = { failed: ["failed"], missing: ["no file"], unlabelled: [] }[status];
  return [...found, ...(message === undefined ? [] : [message])].join(": ");
}

export const BLANK: Cell = { kind: "blank" };
export const ABSENT: Cell = { kind: "absent" };

export function text(content: string): Cell {
  return { kind: "text", text: content };
}

/** Makes a cell of a value. @param fraction of 1 */
export function value(fraction: number, mark?: Mark): Cell {
  return { kind: "value", value: 100 * fraction, mark };
}

/** Makes a cell of an interval between two fractions of 1. */
export function interval(low: number, high: number): Cell {
  return { kind: "interval", low: 100 * low, high: 100 * high };
}

/** Makes a cell of a difference. @param fraction of 1 */
export function difference(fraction: number): DifferenceCell {
  return { kind: "difference", points: 100 * fraction };
}

export function pCell(p: number): PCell {
  return { kind: "p", p, mark: p < 0.05 ? "significant" : undefined };
}
