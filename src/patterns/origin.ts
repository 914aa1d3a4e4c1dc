import type { FilePosition, Finding, FindingCode } from "../findings.js";

/** Where a template comes from, so that its errors can be reported with their position in the file. */
export interface Origin {
  readonly file: string;
  /** id of the pattern, for messages */
  readonly pattern?: string;
  /** returns the position of a character of the template, counted from 0; omitted if the template is the entire file */
  readonly at?: (offset: number) => { readonly line: number; readonly column: number };
}

/** A range of a template: the offset of its first character, and of the one after its last. */
export interface Range {
  readonly start: number;
  readonly end?: number | undefined;
}

/** Finds the position of a template's range in the file. */
export function findPosition({ file, at }: Origin, source: string, { start, end }: Range): FilePosition {
  const find = at ?? ((offset: number) => findLineAndColumn(source, offset));
  const { line, column } = find(start);
  if (end === undefined || end <= start) return { file, line, column };
  const last = find(end - 1);
  return { file, line, column, ...(last.line === line && { endColumn: last.column + 1 }) };
}

/** Makes an error finding with its position in a template. */
export function templateError(
  origin: Origin,
  source: string,
  range: Range,
  code: FindingCode,
  message: string,
  hint?: string,
): Finding {
  const { pattern } = origin;
  return { severity: "error", code, ...findPosition(origin, source, range), pattern, message, hint };
}

function findLineAndColumn(source: string, offset: number): { line: number; column: number } {
  const lines = source.slice(0, offset).split("\n");
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
