import { didYouMean } from "../errors.js";
import { type Finding, FindingError, type Place, type Problems } from "../findings.js";
import { CONSTANTS, child, columnNames, descendants, describe, filterName } from "./ast.js";
import { FILTER_NAMES, FILTERS, SHORTEN } from "./filters.js";
import { Environment, Interpreter, type Node, parse, type Value } from "./jinja.js";
import type { Segment } from "./lexer.js";
import { type Origin, place, type Range, templateError } from "./origin.js";

/** An error of an expression: where it begins, unless told. */
type Fault = (code: string, message: string, hint?: string) => Finding;

/** The columns of one example. */
export type Fields = Readonly<Record<string, unknown>>;

/** One `{{ … }}` of a template. */
export interface Expression {
  /** the columns that it names, with their first use in the template */
  readonly names: ReadonlyMap<string, Range>;
  readonly shortenable: boolean;
  /** `{{ "" }}`: gives nothing and only starts a new part */
  readonly isSeam: boolean;
  /** @throws GlmEvalError("data") where a column is missing, or the value is not text */
  value(fields: Fields): string;
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
  const root = parseTokens(segment, fault, problems);
  if (root === undefined) return undefined;
  const shortenable = filterName(root) === SHORTEN;
  if (shortenable && child(root, "filter").type === "CallExpression")
    problems.add(takesNoArguments(SHORTEN, fault));
  const node = shortenable ? child(root, "operand") : root;
  checkFilters(node, fault, problems);
  const names = new Map<string, Range>();
  for (const name of columnNames(node)) {
    const token = segment.tokens.findIndex((each) => each.type === "Identifier" && each.value === name);
    const start = segment.offsets[token] ?? segment.offset;
    names.set(name, { start, end: start + name.length });
  }
  return {
    names,
    shortenable,
    isSeam: node.type === "StringLiteral" && node.value === "",
    value(fields) {
      const scope = new Environment();
      scope.variables.clear();
      for (const [name, value] of CONSTANTS) scope.set(name, value);
      for (const [name, range] of names) {
        const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (value === undefined) {
          const { pattern } = origin;
          const at = place(origin, source, range);
          throw new FindingError({ ...unknownColumn(at, name, Object.keys(fields)), pattern });
        }
        scope.set(name, value);
      }
      try {
        return toText(new StrictInterpreter(scope).evaluate(node, scope));
      } catch (cause) {
        throw new FindingError(
          fault("cannot-compute", `the expression cannot be computed: ${reason(cause)}`),
          { cause },
        );
      }
    },
  };
}

function parseTokens(
  segment: Extract<Segment, { kind: "expression" }>,
  fault: Fault,
  problems: Problems,
): Node | undefined {
  try {
    return parse([...segment.tokens]).body[0];
  } catch (cause) {
    problems.add(fault("bad-expression", `the expression cannot be read: ${reason(cause)}`));
    return undefined;
  }
}

/** A name that the data does not have, with the nearest one that it has. */
export function unknownColumn(at: Place, name: string, columns: readonly string[]): Finding {
  return {
    severity: "error",
    code: "unknown-column",
    ...at,
    message: `the data has no column "${name}"`,
    hint: didYouMean(name, columns, "columns"),
  };
}

/** Jinja with our filters, in which what does not exist is an error (the library gives "" for it). */
class StrictInterpreter extends Interpreter {
  override evaluate(node: Node | undefined, environment: Environment): Value {
    const filter = node === undefined ? undefined : FILTERS.get(filterName(node) ?? "");
    if (node !== undefined && filter !== undefined) {
      const operand = toText(this.evaluate(child(node, "operand"), environment));
      return super.evaluate({ type: "StringLiteral", value: filter(operand) }, environment);
    }
    const value = super.evaluate(node, environment);
    if (value.type === "UndefinedValue") {
      if (node?.type === "MemberExpression") throw new Error(`there is no ${describe(node)}`);
      if (node?.type === "SelectExpression") throw new Error('the condition is false and there is no "else"');
    }
    return value;
  }
}

function toText(value: Value | undefined): string {
  switch (value?.type) {
    case "StringValue":
    case "IntegerValue":
    case "FloatValue":
      return value.toString();
    case "BooleanValue":
      return String(value.value);
    case "NullValue":
      throw new Error("expected text or a number, found nothing (null)");
    default:
      throw new Error(
        `expected text or a number, found ${value?.type.replace(/Value$/, "").toLowerCase() ?? "nothing"}`,
      );
  }
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
