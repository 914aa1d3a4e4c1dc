import { type Problems, STRICT } from "../findings.js";
import { Budget } from "./budget.js";
import type { RenderedPattern } from "./cloze-question.js";
import { compileExpression, type Expression, type Fields, unknownName } from "./expression.js";
import { type Segment, splitTemplate } from "./lexer.js";
import { findPosition, type Origin, type Range, templateError } from "./origin.js";
import { layout, type Piece } from "./part-layout.js";

export const BLANK = "[MASK]";

interface Compiled {
  /** the columns that it names, in the order of their first use */
  readonly names: readonly string[];
  /** the columns that it inserts unchanged or only filtered */
  readonly columns: readonly string[];
  /** Reports the names that are not among the columns. */
  checkNames(columns: readonly string[], problems: Problems): void;
}

export interface CompiledPattern extends Compiled {
  /** as in its rendered patterns: the same for all examples */
  readonly spaceBeforeBlank: boolean;
  /** whether a part of it may be truncated (`| shorten`) */
  readonly isShortenable: boolean;
  /**
   * @param content replaces every part that may be truncated, regardless of the example's own text; "" omits the part
   * @throws FindingError with the position in the template, if a column is missing or is not text
   */
  render(fields: Fields, content?: string): RenderedPattern;
}

export interface CompiledText extends Compiled {
  /** @throws FindingError with the position in the template, if a column is missing or is not text */
  render(fields: Fields): string;
}

type Value = { readonly kind: "expression"; readonly expression: Expression };

/**
 * Compiles a pattern: a Jinja template whose literal texts and `{{ … }}` are separate parts, with one [MASK] and at most
 * one `||` (the segment border) in its literal text.
 *
 * @param problems receives its errors; by default, the first one is thrown. A pattern with errors must not be rendered.
 * @throws FindingError with file, line and column
 */
export function compilePattern(source: string, origin: Origin, problems: Problems = STRICT): CompiledPattern {
  const top = splitTemplate(source, origin, problems);
  const pieces = (top ?? []).flatMap((segment): (Piece | Value)[] => {
    if (segment.kind === "literal") return splitAtMarks(segment.text);
    const expression = compileExpression(segment, source, origin, problems);
    if (expression === undefined) return [];
    return [expression.isSeam ? { kind: "seam" } : { kind: "expression", expression }];
  });
  if (top !== undefined) {
    checkMark(BLANK, { min: 1 }, top, source, origin, problems);
    checkMark("||", { min: 0 }, top, source, origin, problems);
  }
  const layOut = (getText: (expression: Expression) => string): RenderedPattern =>
    layout(
      pieces.map((piece) => {
        if (piece.kind !== "expression") return piece;
        const { expression } = piece;
        return { kind: "value", text: getText(expression), shortenable: expression.shortenable };
      }),
    );
  return {
    ...makeCompiled(pieces.filter(isValue), source, origin),
    // Only literal text can put a space before the blank, so any values will do.
    spaceBeforeBlank: layOut(() => "").spaceBeforeBlank,
    isShortenable: pieces.some((piece) => piece.kind === "expression" && piece.expression.shortenable),
    render(fields, content) {
      const budget = new Budget();
      return layOut((expression) =>
        content !== undefined && expression.shortenable ? content : expression.value(fields, budget),
      );
    },
  };
}

/**
 * Compiles a template that renders one string, such as an answer.
 * @param problems as for `compilePattern`
 */
export function compileText(source: string, origin: Origin, problems: Problems = STRICT): CompiledText {
  const top = splitTemplate(source, origin, problems) ?? [];
  const pieces = top.flatMap((segment): (Value | Extract<Segment, { kind: "literal" }>)[] => {
    if (segment.kind === "literal") return [segment];
    const expression = compileExpression(segment, source, origin, problems);
    if (expression?.shortenable) {
      const range = { start: segment.offset, end: segment.end };
      const message = "found shorten in an answer: answers are never truncated";
      problems.add(templateError(origin, source, range, "shorten-in-answer", message));
    }
    return expression === undefined ? [] : [{ kind: "expression", expression }];
  });
  return {
    ...makeCompiled(pieces.filter(isValue), source, origin),
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

function makeCompiled(values: readonly Value[], source: string, origin: Origin): Compiled {
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
        problems.add({ ...unknownName(findPosition(origin, source, range), name, columns), pattern });
      }
    },
  };
}

/** Splits literal text at the blank and the segment border. */
function splitAtMarks(literal: string): Piece[] {
  return literal.split(/(\[MASK\]| ?\|\| ?)/).flatMap((text, i): Piece[] => {
    if (i % 2 === 0) return text === "" ? [] : [{ kind: "literal", text }];
    if (text === BLANK) return [{ kind: "blank" }];
    // " || " replaces one space: the mark is removed, and one space remains before what follows.
    const space: Piece[] = text === "||" ? [] : [{ kind: "literal", text: " " }];
    return [{ kind: "segment" }, ...space];
  });
}

/** Reports a mark that occurs fewer than `min` times or more than once. */
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
        `write ${mark} in the text, outside {{ }}, where the answer goes`,
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
