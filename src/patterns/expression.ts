import { didYouMean, nearest } from "../errors.js";
import {
  type FilePosition,
  type Finding,
  type FindingCode,
  FindingError,
  type Problems,
} from "../findings.js";
import { CONSTANTS, child, descendants, findColumnNames, getFilterName } from "./ast.js";
import { type Budget, MAX_TOKENS } from "./budget.js";
import { FILTER_NAMES, FILTERS, SHORTEN } from "./filters.js";
import { StrictInterpreter } from "./interpreter.js";
import { type Node, parse } from "./jinja.js";
import type { Segment } from "./lexer.js";
import { findPosition, type Origin, type Range, templateError } from "./origin.js";
import { findColumn, formatColumn, oddNameHint, resolveRow } from "./row.js";

/** Makes a finding about an expression, at the expression's position. */
type MakeFault = (code: FindingCode, message: string, hint?: string) => Finding;

/** The columns of one example. */
export type Fields = Readonly<Record<string, unknown>>;

/** One `{{ … }}` of a template. */
export interface Expression {
  /** the columns that it names, with the position of their first use in the template */
  readonly names: ReadonlyMap<string, Range>;
  /** the column that it inserts, if it does nothing but filter it */
  readonly column: string | undefined;
  readonly shortenable: boolean;
  /** `{{ "" }}`: renders nothing, and only starts a new part */
  readonly isSeam: boolean;
  /** @throws FindingError if a column is missing, the value is not text, or it exceeds the budget */
  value(fields: Fields, budget: Budget): string;
}

/**
 * Compiles an expression and reports its errors.
 * @returns undefined if it cannot be parsed; an expression with other errors has names, but must not be evaluated
 */
export function compileExpression(
  segment: Extract<Segment, { kind: "expression" }>,
  source: string,
  origin: Origin,
  problems: Problems,
): Expression | undefined {
  const whole = { start: segment.offset, end: segment.end };
  const fault: MakeFault = (code, message, hint) => templateError(origin, source, whole, code, message, hint);
  if (segment.tokens.length > MAX_TOKENS) {
    const message = `found an expression of ${segment.tokens.length} tokens; expected at most ${MAX_TOKENS}`;
    problems.add(fault("long-expression", message));
    return undefined;
  }
  const root = parseTokens(segment, source, fault, problems);
  if (root === undefined) return undefined;
  resolveRow(root);
  const shortenable = getFilterName(root) === SHORTEN;
  if (shortenable && child(root, "filter").type === "CallExpression")
    problems.add(argumentsFault(SHORTEN, fault));
  const node = shortenable ? child(root, "operand") : root;
  checkFilters(node, fault, problems);
  const names = new Map<string, Range>();
  for (const name of findColumnNames(node)) {
    const { first, last } = findColumn(segment.tokens, name) ?? { first: 0, last: 0 };
    const end = segment.offsets[last]! + segment.tokens[last]!.value.length;
    names.set(name, { start: segment.offsets[first]!, end });
  }
  return {
    names,
    column: filteredColumn(node),
    shortenable,
    isSeam: node.type === "StringLiteral" && node.value === "",
    value(fields, budget) {
      const values = [...names].map(([name, range]) => {
        const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (value !== undefined) return [name, value] as const;
        const { pattern } = origin;
        const at = findPosition(origin, source, range);
        throw new FindingError({ ...unknownName(at, name, Object.keys(fields)), pattern });
      });
      try {
        const text = new StrictInterpreter([...CONSTANTS, ...values], budget).text(node);
        budget.render(text);
        return text;
      } catch (cause) {
        const message = `the expression cannot be evaluated: ${getReason(cause)}`;
        throw new FindingError(fault("cannot-compute", message), { cause });
      }
    },
  };
}

function filteredColumn(node: Node): string | undefined {
  if (getFilterName(node) !== undefined) return filteredColumn(child(node, "operand"));
  return node.type === "Identifier" ? String(node.value) : undefined;
}

function parseTokens(
  segment: Extract<Segment, { kind: "expression" }>,
  source: string,
  fault: MakeFault,
  problems: Problems,
): Node | undefined {
  try {
    return parse([...segment.tokens]).body[0];
  } catch (cause) {
    const hint = oddNameHint(source.slice(segment.offset, segment.end));
    problems.add(fault("bad-expression", `the expression cannot be parsed: ${getReason(cause)}`, hint));
    return undefined;
  }
}

/** Makes a finding for a column that is not in the data, with the nearest name that is. */
export function unknownColumn(at: FilePosition, name: string, columns: readonly string[]): Finding {
  return {
    severity: "error",
    code: "unknown-column",
    ...at,
    message: `the data has no column "${name}"`,
    hint: didYouMean(name, columns, "columns"),
  };
}

/** Makes a finding for a name in a template that is not in the data, with the spelling of the name that was meant. */
export function unknownName(at: FilePosition, name: string, columns: readonly string[]): Finding {
  const finding = unknownColumn(at, name, columns);
  // "Class-Index" is parsed as a difference, so its words are taken for columns.
  const meant = columns.find((column) => column.split(/\W+/).includes(name)) ?? nearest(name, columns);
  if (meant === undefined || formatColumn(meant) === meant) return finding;
  return { ...finding, hint: `write ${formatColumn(meant)} for the column "${meant}"; ${finding.hint}` };
}

function checkFilters(root: Node, fault: MakeFault, problems: Problems): void {
  for (const node of descendants(root)) {
    const name = getFilterName(node);
    if (name === undefined) continue;
    if (name === SHORTEN) {
      problems.add(
        fault(
          "shorten-inside",
          "found shorten inside an expression: it marks the entire part and must be its last filter",
          'put what comes before it in parentheses: {{ ("Text " ~ column) | shorten }}',
        ),
      );
    } else if (!FILTER_NAMES.includes(name)) {
      problems.add(
        fault("unknown-filter", `there is no filter "${name}"`, didYouMean(name, FILTER_NAMES, "filters")),
      );
    } else if (FILTERS.has(name) && child(node, "filter").type === "CallExpression") {
      problems.add(argumentsFault(name, fault));
    }
  }
}

function argumentsFault(name: string, fault: MakeFault): Finding {
  return fault("filter-arguments", `the filter ${name} takes no arguments`, `write | ${name}`);
}

function getReason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
