import { type Problems, STRICT } from "../findings.js";
import { Budget } from "./budget.js";
import type { RenderedPattern } from "./cloze-question.js";
import { compileExpression, type Expression, type Fields, unknownName } from "./expression.js";
import { type Segment, segments } from "./lexer.js";
import { type Origin, positionOf, type Range, templateError } from "./origin.js";
import { layout, type Piece } from "./part-layout.js";

export const BLANK = "[MASK]";

interface Compiled {
  /** the columns that it names, in order of their first use */
  readonly names: readonly string[];
  /** the columns that stand in it as they are, but for filters */
  readonly columns: readonly string[];
  /** Reports the names that are none of the columns. */
  checkNames(columns: readonly string[], problems: Problems): void;
}

export interface CompiledPattern extends Compiled {
  /** as of what it renders: the same for all examples */
  readonly spaceBeforeBlank: boolean;
  /** whether a part of it may be cut (`| shorten`) */
  readonly isShortenable: boolean;
  /**
   * @param content what stands in the place of every part that may be cut, whatever the example holds there; "" leaves
   *   the part out
   * @throws FindingError with the position in the template, where a column is missing or is not text
   */
  render(fields: Fields, content?: string): RenderedPattern;
}

export interface CompiledText extends Compiled {
  /** @throws FindingError with the position in the template, where a column is missing or is not text */
  render(fields: Fields): string;
}

type Value = { readonly kind: "expression"; readonly expression: Expression };

/**
 * Compiles a pattern: a Jinja template whose literal texts and `{{ … }}` are parts of their own, with one [MASK] and at
 * most one `||` (the border of the segments) in its literal text.
 *
 * @param problems where its errors go; unless given, the first is thrown. One that has errors must not be rendered.
 * @throws FindingError with file, line and column
 */
export function compilePattern(source: string, origin: Origin, problems: Problems = STRICT): CompiledPattern {
  const top = segments(source, origin, problems);
  const pieces = (top ?? []).flatMap((segment): (Piece | Value)[] => {
    if (segment.kind === "literal") return marks(segment.text);
    const expression = compileExpression(segment, source, origin, problems);
    if (expression === undefined) return [];
    return [expression.isSeam ? { kind: "seam" } : { kind: "expression", expression }];
  });
  if (top !== undefined) {
    checkMark(BLANK, { min: 1 }, top, source, origin, problems);
    checkMark("||", { min: 0 }, top, source, origin, problems);
  }
  const laidOut = (textOf: (expression: Expression) => string): RenderedPattern =>
    layout(
      pieces.map((piece) => {
        if (piece.kind !== "expression") return piece;
        const { expression } = piece;
        return { kind: "value", text: textOf(expression), shortenable: expression.shortenable };
      }),
    );
  return {
    ...compiled(pieces.filter(isValue), source, origin),
    // Only literal text gives the blank its space, so any values do.
    spaceBeforeBlank: laidOut(() => "").spaceBeforeBlank,
    isShortenable: pieces.some((piece) => piece.kind === "expression" && piece.expression.shortenable),
    render(fields, content) {
      const budget = new Budget();
      return laidOut((expression) =>
        content !== undefined && expression.shortenable ? content : expression.value(fields, budget),
      );
    },
  };
}

/**
 * Compiles a template that gives one string, such as an answer.
 * @param problems as of `compilePattern`
 */
export function compileText(source: string, origin: Origin, problems: Problems = STRICT): CompiledText {
  const top = segments(source, origin, problems) ?? [];
  const pieces = top.flatMap((segment): (Value | Extract<Segment, { kind: "literal" }>)[] => {
    if (segment.kind === "literal") return [segment];
    const expression = compileExpression(segment, source, origin, problems);
    if (expression?.shortenable) {
      const range = { start: segment.offset, end: segment.end };
      const message = "found shorten in an answer: answers are never cut";
      problems.add(templateError(origin, source, range, "shorten-in-answer", message));
    }
    return expression === undefined ? [] : [{ kind: "expression", expression }];
  });
  return {
    ...compiled(pieces.filter(isValue), source, origin),
    render(fields) {
      const budget = new Budget();
      return pieces
        .map((piece) => (piece.kind === "literal" ? piece.text : piece.expression.value(fields, budget)))
        .join("");
    },
  };
}

function isValue(piece: { readonly kind: string }): piece is Value {
  return piece.kind === "expression";
}

function compiled(values: readonly Value[], source: string, origin: Origin): Compiled {
  const names = new Map<string, Range>();
  for (const { expression } of values) {
    for (const [name, range] of expression.names) if (!names.has(name)) names.set(name, range);
  }
  const inOrder = [...names].sort(([, a], [, b]) => a.start - b.start);
  return {
    names: inOrder.map(([name]) => name),
    columns: values.flatMap(({ expression }) => expression.column ?? []),
    checkNames(columns, problems) {
      for (const [name, range] of inOrder) {
        if (columns.includes(name)) continue;
        const { pattern } = origin;
        problems.add({ ...unknownName(positionOf(origin, source, range), name, columns), pattern });
      }
    },
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
  problems: Problems,
): void {
  const found: number[] = [];
  for (const segment of top) {
    if (segment.kind !== "literal") continue;
    const { text, offset } = segment;
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length))
      found.push(offset + at);
  }
  if (found.length < min) {
    problems.add(
      templateError(
        origin,
        source,
        { start: 0, end: source.length },
        "no-blank",
        `found no ${mark}; a pattern has exactly one`,
        `write ${mark} in the text, outside of {{ }}, where the answer goes`,
      ),
    );
  }
  for (const start of found.slice(1)) {
    const range = { start, end: start + mark.length };
    const message = `found a second ${mark}; a pattern has only one`;
    const code = mark === BLANK ? "second-blank" : "second-border";
    problems.add(templateError(origin, source, range, code, message));
  }
}
