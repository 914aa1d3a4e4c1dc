import { GlmEvalError, nearest } from "../errors.js";
import { CONSTANTS, child, columnNames, descendants, describe, filterName } from "./ast.js";
import { FILTER_NAMES, FILTERS, SHORTEN } from "./filters.js";
import { Environment, Interpreter, type Node, parse, type Value } from "./jinja.js";
import type { Segment } from "./lexer.js";
import { type Origin, place, templateError } from "./origin.js";

type Fail = (message: string, hint?: string) => GlmEvalError;

/** The columns of one example. */
export type Fields = Readonly<Record<string, unknown>>;

/** One `{{ … }}` of a template. */
export interface Expression {
  /** the columns that it names, with the offset of their first use in the template */
  readonly names: ReadonlyMap<string, number>;
  readonly shortenable: boolean;
  /** `{{ "" }}`: gives nothing and only starts a new part */
  readonly isSeam: boolean;
  /** @throws GlmEvalError("data") where a column is missing, or the value is not text */
  value(fields: Fields): string;
}

export function compileExpression(
  segment: Extract<Segment, { kind: "expression" }>,
  source: string,
  origin: Origin,
): Expression {
  const fail: Fail = (message, hint) => templateError(origin, source, segment.offset, message, hint);
  const root = parseTokens(segment, fail);
  const shortenable = filterName(root) === SHORTEN;
  if (shortenable && child(root, "filter").type === "CallExpression") throw takesNoArguments(SHORTEN, fail);
  const node = shortenable ? child(root, "operand") : root;
  checkFilters(node, fail);
  const names = new Map<string, number>();
  for (const name of columnNames(node)) {
    const token = segment.tokens.findIndex((each) => each.type === "Identifier" && each.value === name);
    names.set(name, segment.offsets[token] ?? segment.offset);
  }
  return {
    names,
    shortenable,
    isSeam: node.type === "StringLiteral" && node.value === "",
    value(fields) {
      const scope = new Environment();
      scope.variables.clear();
      for (const [name, value] of CONSTANTS) scope.set(name, value);
      for (const [name, offset] of names)
        scope.set(name, column(fields, name, place(origin, source, offset)));
      try {
        return toText(new StrictInterpreter(scope).evaluate(node, scope));
      } catch (cause) {
        throw fail(`the expression cannot be computed: ${reason(cause)}`);
      }
    },
  };
}

function parseTokens(segment: Extract<Segment, { kind: "expression" }>, fail: Fail): Node {
  try {
    return parse([...segment.tokens]).body[0]!;
  } catch (cause) {
    throw fail(`the expression cannot be read: ${reason(cause)}`);
  }
}

function column(fields: Fields, name: string, where: string): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined) throw missingColumn(where, name, Object.keys(fields));
  return value;
}

/** The error for a name that the data does not have, with the nearest one that it has. */
export function missingColumn(where: string, name: string, columns: readonly string[]): GlmEvalError {
  return new GlmEvalError("data", `${where}: the data has no column "${name}"`, {
    hint: didYouMean(name, columns, "columns"),
  });
}

function didYouMean(word: string, known: readonly string[], kind: string): string {
  const near = nearest(word, known);
  return `${near === undefined ? "" : `did you mean "${near}"? `}The ${kind} are: ${known.join(", ")}`;
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

function checkFilters(root: Node, fail: Fail): void {
  for (const node of descendants(root)) {
    const name = filterName(node);
    if (name === undefined) continue;
    if (name === SHORTEN) {
      throw fail(
        "found shorten inside an expression: it marks the whole part and must be its last filter",
        'put what stands before it in parentheses: {{ ("Text " ~ column) | shorten }}',
      );
    }
    if (!FILTER_NAMES.includes(name)) {
      throw fail(`there is no filter "${name}"`, didYouMean(name, FILTER_NAMES, "filters"));
    }
    if (FILTERS.has(name) && child(node, "filter").type === "CallExpression") {
      throw takesNoArguments(name, fail);
    }
  }
}

function takesNoArguments(name: string, fail: Fail): GlmEvalError {
  return fail(`the filter ${name} takes no arguments`, `write | ${name}`);
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
