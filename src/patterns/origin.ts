import type { FilePosition, Finding, FindingCode } from "../findings.js";

/** Where a template stands, so that what is wrong in it can be shown in the file that it was written in. */
export interface Origin {
  readonly file: string;
  /** id of the pattern, for messages */
  readonly pattern?: string;
  /** the position of a character of the template, counted from 0; a template without it is a file of its own */
  readonly at?: (offset: number) => { readonly line: number; readonly column: number };
}

/** A stretch of a template: offsets of its first character and of the one after its last. */
export interface Range {
  readonly start: number;
  readonly end?: number | undefined;
}

/** The position of a stretch of a template in the file that it was written in. */
export function positionOf({ file, at }: Origin, source: string, { start, end }: Range): FilePosition {
  const find = at ?? ((offset: number) => lineAndColumn(source, offset));
  const { line, column } = find(start);
  if (end === undefined || end <= start) return { file, line, column };
  const last = find(end - 1);
  return { file, line, column, ...(last.line === line && { endColumn: last.column + 1 }) };
}

/** An error in a template. */
export function templateError(
  origin: Origin,
  source: string,
  range: Range,
  code: FindingCode,
  message: string,
  hint?: string,
): Finding {
  const { pattern } = origin;
  return { severity: "error", code, ...positionOf(origin, source, range), pattern, message, hint };
}

function lineAndColumn(source: string, offset: number): { line: number; column: number } {
  const lines = source.slice(0, offset).split("\n");
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
