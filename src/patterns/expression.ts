import { didYouMean, nearest } from "../errors.js";
import {
  type FilePosition,
  type Finding,
  type FindingCode,
  FindingError,
  type Problems,
} from "../findings.js";
import { CONSTANTS, child, columnNames, descendants, filterName } from "./ast.js";
import { type Budget, MOST_TOKENS } from "./budget.js";
import { FILTER_NAMES, FILTERS, SHORTEN } from "./filters.js";
import { StrictInterpreter } from "./interpreter.js";
import { type Node, parse } from "./jinja.js";
import type { Segment } from "./lexer.js";
import { type Origin, positionOf, type Range, templateError } from "./origin.js";
import { columnExpression, findColumn, oddNameHint, resolveRow } from "./row.js";

/** An error of an expression: where it begins, unless told. */
type Fault = (code: FindingCode, message: string, hint?: string) => Finding;

/** The columns of one example. */
export type Fields = Readonly<Record<string, unknown>>;

/** One `{{ … }}` of a template. */
export interface Expression {
  /** the columns that it names, with their first use in the template */
  readonly names: ReadonlyMap<string, Range>;
  /** the column that it puts in, if all it does is filter it */
  readonly column: string | undefined;
  readonly shortenable: boolean;
  /** `{{ "" }}`: gives nothing and only starts a new part */
  readonly isSeam: boolean;
  /** @throws FindingError where a column is missing, the value is not text, or it costs too much */
  value(fields: Fields, budget: Budget): string;
}

/**
 * Compiles an expression and reports what is wrong in it.
 * @returns undefined where it cannot be read; one with other errors has names, and must not be computed
 */
export function compileExpression(
  segment: Extract<Segment, { kind: "expression" }>,
  source: string,
  origin: Origin,
  problems: Problems,
): Expression | undefined {
  const whole = { start: segment.offset, end: segment.end };
  const fault: Fault = (code, message, hint) => templateError(origin, source, whole, code, message, hint);
  if (segment.tokens.length > MOST_TOKENS) {
    const message = `found an expression of ${segment.tokens.length} words and signs; expected at most ${MOST_TOKENS}`;
    problems.add(fault("long-expression", message));
    return undefined;
  }
  const root = parseTokens(segment, source, fault, problems);
  if (root === undefined) return undefined;
  resolveRow(root);
  const shortenable = filterName(root) === SHORTEN;
  if (shortenable && child(root, "filter").type === "CallExpression")
    problems.add(takesNoArguments(SHORTEN, fault));
  const node = shortenable ? child(root, "operand") : root;
  checkFilters(node, fault, problems);
  const names = new Map<string, Range>();
  for (const name of columnNames(node)) {
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
        const at = positionOf(origin, source, range);
        throw new FindingError({ ...unknownName(at, name, Object.keys(fields)), pattern });
      });
      try {
        const text = new StrictInterpreter([...CONSTANTS, ...values], budget).text(node);
        budget.render(text);
        return text;
      } catch (cause) {
        const message = `the expression cannot be computed: ${reason(cause)}`;
        throw new FindingError(fault("cannot-compute", message), { cause });
      }
    },
  };
}

function filteredColumn(node: Node): string | undefined {
  if (filterName(node) !== undefined) return filteredColumn(child(node, "operand"));
  return node.type === "Identifier" ? String(node.value) : undefined;
}

function parseTokens(
  segment: Extract<Segment, { kind: "expression" }>,
  source: string,
  fault: Fault,
  problems: Problems,
): Node | undefined {
  try {
    return parse([...segment.tokens]).body[0];
  } catch (cause) {
    const hint = oddNameHint(source.slice(segment.offset, segment.end));
    problems.add(fault("bad-expression", `the expression cannot be read: ${reason(cause)}`, hint));
    return undefined;
  }
}

/** A name that the data does not have, with the nearest one that it has. */
export function unknownColumn(at: FilePosition, name: string, columns: readonly string[]): Finding {
  return {
    severity: "error",
    code: "unknown-column",
    ...at,
    message: `the data has no column "${name}"`,
    hint: didYouMean(name, columns, "columns"),
  };
}

/** A name in a template that the data does not have, with how to write the name that was meant. */
export function unknownName(at: FilePosition, name: string, columns: readonly string[]): Finding {
  const finding = unknownColumn(at, name, columns);
  // "Class-Index" is read as a difference, so that its words are taken for columns.
  const meant = columns.find((column) => column.split(/\W+/).includes(name)) ?? nearest(name, columns);
  if (meant === undefined || columnExpression(meant) === meant) return finding;
  return { ...finding, hint: `write ${columnExpression(meant)} for the column "${meant}"; ${finding.hint}` };
}

function checkFilters(root: Node, fault: Fault, problems: Problems): void {
  for (const node of descendants(root)) {
    const name = filterName(node);
    if (name === undefined) continue;
    if (name === SHORTEN) {
      problems.add(
        fault(
          "shorten-inside",
          "found shorten inside an expression: it marks the whole part and must be its last filter",
          'put what stands before it in parentheses: {{ ("Text " ~ column) | shorten }}',
        ),
      );
    } else if (!FILTER_NAMES.includes(name)) {
      problems.add(
        fault("unknown-filter", `there is no filter "${name}"`, didYouMean(name, FILTER_NAMES, "filters")),
      );
    } else if (FILTERS.has(name) && child(node, "filter").type === "CallExpression") {
      problems.add(takesNoArguments(name, fault));
    }
  }
}

function takesNoArguments(name: string, fault: Fault): Finding {
  return fault("filter-arguments", `the filter ${name} takes no arguments`, `write | ${name}`);
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
