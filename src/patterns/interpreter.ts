import { child, describe, getFilterName, HELD } from "./ast.js";
import { type Budget, checkLength, checkSearch, measureWeight } from "./budget.js";
import { FILTERS } from "./filters.js";
import { Environment, Interpreter, type Node, type Value } from "./jinja.js";

/** The filters and methods whose result may be many times longer than their input. */
const GROWING = new Set(["replace", "join", "indent", "tojson"]);

/**
 * Jinja with our filters and a budget, in which an undefined value is an error (the library renders it as ""). A template
 * can access only the columns and the library's methods of texts and lists.
 */
export class StrictInterpreter extends Interpreter {
  readonly #scope: Environment;
  readonly #budget: Budget;
  readonly #weights: ReadonlyMap<string, number>;

  /** @param values the names that the template may use, with their values */
  constructor(values: Iterable<readonly [name: string, value: unknown]>, budget: Budget) {
    const scope = new Environment();
    // The library's own variables are functions.
    scope.variables.clear();
    const weights = new Map<string, number>();
    for (const [name, value] of values) weights.set(name, measureWeight(scope.set(name, value)));
    super(scope);
    this.#scope = scope;
    this.#budget = budget;
    this.#weights = weights;
  }

  /** @throws Error if the expression cannot be evaluated */
  text(node: Node): string {
    return toText(this.evaluate(node, this.#scope));
  }

  override evaluate(node: Node | undefined, environment: Environment): Value {
    if (node?.type === HELD) return node.value as Value;
    this.#budget.step();
    const value = this.#compute(node, environment);
    if (value?.type === "UndefinedValue") {
      if (node?.type === "MemberExpression") throw new Error(`there is no ${describe(node)}`);
      if (node?.type === "SelectExpression") throw new Error('the condition is false and there is no "else"');
    }
    // A method stored for later could be called without a check of its arguments.
    if (value?.type === "FunctionValue" && node?.isCalled !== true) {
      throw new Error(`${node === undefined ? "it" : describe(node)} is a method: write its arguments in ()`);
    }
    this.#budget.make(this.#getSize(node, value));
    return value;
  }

  #compute(node: Node | undefined, environment: Environment): Value {
    if (node?.type === "FilterExpression") return this.#applyFilter(node, environment);
    if (node?.type === "CallExpression") return this.#callMethod(node, environment);
    if (node?.type === "BinaryExpression" && /in$/.test(String((node.operator as Node).value))) {
      const [left, right] = [child(node, "left"), child(node, "right")].map((side) =>
        this.evaluate(side, environment),
      );
      if (isText(left) && isText(right)) checkSearch(right.value, left.value);
      return super.evaluate({ ...node, left: holdValue(left!), right: holdValue(right!) }, environment);
    }
    return super.evaluate(node, environment);
  }

  #applyFilter(node: Node, environment: Environment): Value {
    const name = getFilterName(node)!;
    const operand = this.evaluate(child(node, "operand"), environment);
    const own = FILTERS.get(name);
    if (own !== undefined) {
      return super.evaluate({ type: "StringLiteral", value: own(toText(operand)) }, environment);
    }
    const filter = child(node, "filter");
    if (filter.type !== "CallExpression" || !GROWING.has(name))
      return super.evaluate({ ...node, operand: holdValue(operand) }, environment);
    const args = this.#evaluateArguments(filter, environment);
    checkGrowth(name, operand, args.values);
    return super.evaluate(
      { ...node, operand: holdValue(operand), filter: { ...filter, args: args.nodes } },
      environment,
    );
  }

  #callMethod(node: Node, environment: Environment): Value {
    const callee = child(node, "callee");
    if (callee.type !== "MemberExpression") throw new Error(`there is no function ${describe(callee)}`);
    const object = this.evaluate(child(callee, "object"), environment);
    const property = child(callee, "property");
    const name =
      callee.computed === true ? this.evaluate(property, environment).value : (property.value as unknown);
    const args = this.#evaluateArguments(node, environment);
    checkGrowth(String(name), object, args.values);
    const called: Node = {
      ...callee,
      object: holdValue(object, child(callee, "object")),
      property: { type: "Identifier", value: String(name) },
      computed: false,
      isCalled: true,
    };
    return super.evaluate({ ...node, callee: called, args: args.nodes }, environment);
  }

  /** Evaluates the arguments of a call: returns them as nodes for the library, and as a flat list of values. */
  #evaluateArguments(node: Node, environment: Environment): { nodes: Node[]; values: Value[] } {
    const values: Value[] = [];
    const nodes = (node.args as Node[]).map((argument): Node => {
      const key = { SpreadExpression: "argument", KeywordSpreadExpression: "argument" }[argument.type];
      const inner = argument.type === "KeywordArgumentExpression" ? "value" : key;
      const value = this.evaluate(inner === undefined ? argument : child(argument, inner), environment);
      const spread = key !== undefined && (Array.isArray(value.value) || value.value instanceof Map);
      values.push(...(spread ? ([...(value.value as Map<string, Value>).values()] as Value[]) : [value]));
      return inner === undefined ? holdValue(value) : { ...argument, [inner]: holdValue(value) };
    });
    return { nodes, values };
  }

  #getSize(node: Node | undefined, value: Value | undefined): number {
    if (node?.type === "Identifier") return this.#weights.get(String(node.value)) ?? 1;
    const inside = value?.value;
    if (typeof inside === "string" || Array.isArray(inside)) return inside.length;
    return inside instanceof Map ? inside.size : 1;
  }
}

/**
 * Makes a node that holds a value.
 * @param from the node that the value was computed from, for messages
 */
function holdValue(value: Value, from?: Node): Node {
  return { type: HELD, value, ...(from && { from }) };
}

function isText(value: Value | undefined): value is Value & { readonly value: string } {
  return value?.type === "StringValue";
}

/** Checks the length of a filter's or method's result before it is computed. */
function checkGrowth(name: string, operand: Value, args: readonly Value[]): void {
  const texts = args.filter(isText).map(({ value }) => value);
  const longest = Math.max(0, ...texts.map(({ length }) => length));
  if (isText(operand)) for (const text of texts) checkSearch(operand.value, text);
  if (name === "replace" && isText(operand)) {
    const [old, replacement] = texts;
    if (old === undefined || replacement === undefined) return;
    const times = old === "" ? operand.value.length + 1 : operand.value.split(old).length - 1;
    checkLength(operand.value.length + times * replacement.length);
  } else if (name === "join") {
    const items = isText(operand) || Array.isArray(operand.value) ? (operand.value as string).length : 1;
    checkLength(measureWeight(operand) + items * longest);
  } else if (name === "indent" && isText(operand)) {
    checkLength(operand.value.length + operand.value.split("\n").length * getMaxIndent(args));
  } else if (name === "tojson") {
    const separators = Math.max(0, ...args.map(measureWeight));
    checkLength(measureWeight(operand) * (1 + getMaxIndent(args) * measureDepth(operand) + separators));
  }
}

/** Returns the largest indentation that arguments can request. */
function getMaxIndent(args: readonly Value[]): number {
  return Math.max(0, ...args.map(({ value }) => (typeof value === "number" ? value : 0)));
}

function measureDepth({ value }: Value): number {
  const inside = Array.isArray(value) ? (value as Value[]) : value instanceof Map ? [...value.values()] : [];
  return 1 + Math.max(0, ...inside.map((each) => measureDepth(each as Value)));
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
