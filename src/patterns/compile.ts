import { compileExpression, type Expression, type Fields } from "./expression.js";
import { layout, type Piece } from "./layout.js";
import { type Segment, segments } from "./lexer.js";
import { type Origin, place, templateError } from "./origin.js";
import type { RenderedPattern } from "./types.js";

export const BLANK = "[MASK]";

interface Compiled {
  /** the columns that it names */
  readonly names: readonly string[];
  /** "file:line:column: pattern id" of the template, or of its first use of a name */
  where(name?: string): string;
}

export interface CompiledPattern extends Compiled {
  /** @throws GlmEvalError("data") with the template's place, where a column is missing or is not text */
  render(fields: Fields): RenderedPattern;
}

export interface CompiledText extends Compiled {
  /** @throws GlmEvalError("data") with the template's place, where a column is missing or is not text */
  render(fields: Fields): string;
}

type Value = { readonly kind: "expression"; readonly expression: Expression };

/**
 * Compiles a pattern: a Jinja template whose literal texts and `{{ … }}` are parts of their own, with one [MASK] and at
 * most one `||` (the border of the segments) in its literal text.
 *
 * @throws GlmEvalError("data") with file, line and column
 */
export function compilePattern(source: string, origin: Origin): CompiledPattern {
  const top = segments(source, origin);
  const pieces = top.flatMap((segment): (Piece | Value)[] => {
    if (segment.kind === "literal") return marks(segment.text);
    const expression = compileExpression(segment, source, origin);
    return [expression.isSeam ? { kind: "seam" } : { kind: "expression", expression }];
  });
  checkMark(BLANK, { min: 1 }, top, source, origin);
  checkMark("||", { min: 0 }, top, source, origin);
  return {
    ...compiled(pieces.filter(isValue), source, origin),
    render: (fields) =>
      layout(
        pieces.map((piece) => {
          if (piece.kind !== "expression") return piece;
          const { expression } = piece;
          return { kind: "value", text: expression.value(fields), shortenable: expression.shortenable };
        }),
      ),
  };
}

/** Compiles a template that gives one string, such as an answer. */
export function compileText(source: string, origin: Origin): CompiledText {
  const pieces = segments(source, origin).map((segment): Value | Extract<Segment, { kind: "literal" }> => {
    if (segment.kind === "literal") return segment;
    const expression = compileExpression(segment, source, origin);
    if (expression.shortenable) {
      throw templateError(
        origin,
        source,
        segment.offset,
        "found shorten in an answer: answers are never cut",
      );
    }
    return { kind: "expression", expression };
  });
  return {
    ...compiled(pieces.filter(isValue), source, origin),
    render: (fields) =>
      pieces
        .map((piece) => (piece.kind === "literal" ? piece.text : piece.expression.value(fields)))
        .join(""),
  };
}

function isValue(piece: { readonly kind: string }): piece is Value {
  return piece.kind === "expression";
}

function compiled(values: readonly Value[], source: string, origin: Origin): Compiled {
  const names = new Map<string, number>();
  for (const { expression } of values) {
    for (const [name, offset] of expression.names) if (!names.has(name)) names.set(name, offset);
  }
  return {
    names: [...names].sort(([, a], [, b]) => a - b).map(([name]) => name),
    where: (name) => place(origin, source, (name === undefined ? undefined : names.get(name)) ?? 0),
  };
}

/** Splits literal text at the blank and the border of the segments. */
function marks(literal: string): Piece[] {
  return literal.split(/(\[MASK\]| ?\|\| ?)/).flatMap((text, i): Piece[] => {
    if (i % 2 === 0) return text === "" ? [] : [{ kind: "literal", text }];
    if (text === BLANK) return [{ kind: "blank" }];
    // " || " stands where one space stood: the mark goes, and one space stays for what follows.
    const space: Piece[] = text === "||" ? [] : [{ kind: "literal", text: " " }];
    return [{ kind: "segment" }, ...space];
  });
}

/** At most one of a mark, and at least `min`. */
function checkMark(
  mark: string,
  { min }: { min: number },
  top: readonly Segment[],
  source: string,
  origin: Origin,
): void {
  const found: number[] = [];
  for (const segment of top) {
    if (segment.kind !== "literal") continue;
    const { text, offset } = segment;
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length))
      found.push(offset + at);
  }
  if (found.length < min) {
    throw templateError(
      origin,
      source,
      0,
      `found no ${mark}; a pattern has exactly one`,
      `write ${mark} in the text, outside of {{ }}, where the answer goes`,
    );
  }
  if (found.length > 1) {
    throw templateError(origin, source, found[1]!, `found a second ${mark}; a pattern has only one`);
  }
}
