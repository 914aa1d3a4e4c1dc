import type { Scalar } from "yaml";

/** A YAML string and where it is in its file. */
interface TextScalar {
  readonly type: Scalar["type"] | undefined;
  readonly range: Scalar["range"] | undefined;
  readonly value: string;
}

const SPACE = /\s/;
/** Escapes of double-quoted YAML that have a code: \x41, \u00e9, \U0001f600. */
const CODED: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
/** Those that mean white space. */
const SPACES = new Set(["n", "t", "r", "v", "f", "L", "P", "N", "_", " ", "\t"]);

/**
 * Finds, for each UTF-16 unit of a string, the offset of its source in the file. Escapes, folded lines and indentation make a
 * string differ from its source, but everything that is not white space is in the file in the same order.
 */
export function findSourceOffsets(file: string, { value, type, range }: TextScalar): number[] {
  const isDouble = type === "QUOTE_DOUBLE";
  let at = findContentStart(file, type, range?.[0] ?? 0);
  const escaped = () => (isDouble && file[at] === "\\" ? readEscape(file, at) : undefined);
  const offsets: number[] = [];
  for (const unit of value.split("")) {
    // A line break after a backslash produces nothing.
    while (escaped()?.isBreak) at += escaped()!.length;
    if (SPACE.test(unit)) {
      offsets.push(at);
      // A space that is not in the source comes from a line break, which the next character skips.
      if (file[at] === unit) at++;
      else if (escaped()?.isSpace) at += escaped()!.length;
      continue;
    }
    if (isLowSurrogate(unit) && file[at] !== unit) {
      offsets.push(offsets.at(-1) ?? at);
      continue;
    }
    for (let skipped = escaped(); SPACE.test(file[at] ?? "x") || skipped?.isSpace; skipped = escaped())
      at += skipped?.length ?? 1;
    offsets.push(at);
    at += escaped()?.length ?? (type === "QUOTE_SINGLE" && unit === "'" ? 2 : 1);
  }
  return offsets;
}

function findContentStart(file: string, type: TextScalar["type"], start: number): number {
  switch (type) {
    case "QUOTE_DOUBLE":
    case "QUOTE_SINGLE":
      return start + 1;
    case "BLOCK_FOLDED":
    case "BLOCK_LITERAL":
      return file.indexOf("\n", start) + 1;
    default:
      return start;
  }
}

interface Escape {
  readonly length: number;
  readonly isSpace: boolean;
  readonly isBreak: boolean;
}

function readEscape(file: string, at: number): Escape {
  const letter = file[at + 1] ?? "";
  const lineBreak = /^\\\r?\n[ \t]*/.exec(file.slice(at, at + 1000))?.[0];
  if (lineBreak !== undefined) return { length: lineBreak.length, isSpace: true, isBreak: true };
  const digits = CODED[letter] ?? 0;
  const code = Number.parseInt(file.slice(at + 2, at + 2 + digits), 16);
  const isSpace = SPACES.has(letter) || (digits > 0 && SPACE.test(String.fromCodePoint(code || 0)));
  return { length: 2 + digits, isSpace, isBreak: false };
}

function isLowSurrogate(unit: string): boolean {
  return unit >= "\udc00" && unit <= "\udfff";
}
