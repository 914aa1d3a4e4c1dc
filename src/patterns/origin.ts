import { GlmEvalError } from "../errors.js";

/** Where a template stands, so that its errors can point into the file that it was written in. */
export interface Origin {
  readonly file: string;
  /** line of the template's first character, from 1; a template without one counts its lines itself */
  readonly line?: number;
  /** column of the template's first character, where the template stands there verbatim on one line */
  readonly column?: number;
  /** id of the pattern, for messages */
  readonly pattern?: string;
}

/** "boolq.yaml:12:34: pattern p4": the place of a template's character, counted from 0. */
export function place(origin: Origin, source: string, offset: number): string {
  const pattern = origin.pattern === undefined ? "" : `: pattern ${origin.pattern}`;
  if (origin.line === undefined) {
    const lines = source.slice(0, offset).split("\n");
    return `${origin.file}:${lines.length}:${lines.at(-1)!.length + 1}${pattern}`;
  }
  if (origin.column !== undefined) return `${origin.file}:${origin.line}:${origin.column + offset}${pattern}`;
  // Escapes and folded lines of YAML hide the column: count in the text itself.
  return `${origin.file}:${origin.line}${pattern} (character ${offset + 1} of the template)`;
}

export function templateError(
  origin: Origin,
  source: string,
  offset: number,
  message: string,
  hint?: string,
): GlmEvalError {
  return new GlmEvalError(
    "data",
    `${place(origin, source, offset)}: ${message}`,
    hint === undefined ? {} : { hint },
  );
}
