import * as jinja from "@huggingface/jinja";

// The library's type declarations import each other without file extensions, which TypeScript's NodeNext resolution does
// not resolve: everything becomes `any`. So the parts of it in use are declared here, in one place.

export interface Token {
  readonly type: string;
  readonly value: string;
}

/** A node of the syntax tree. Identifiers and literals have a `value`. */
export interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A value at run time: "StringValue", "IntegerValue", "NullValue", "UndefinedValue" … */
export interface Value {
  readonly type: string;
  readonly value: unknown;
  toString(): string;
}

export interface Environment {
  readonly variables: Map<string, Value>;
  set(name: string, value: unknown): Value;
}

export interface Interpreter {
  evaluate(node: Node | undefined, environment: Environment): Value;
}

export const tokenize = jinja.tokenize as (source: string) => Token[];
export const parse = jinja.parse as (tokens: Token[]) => { readonly body: readonly Node[] };
export const Environment = jinja.Environment as unknown as new () => Environment;
export const Interpreter = jinja.Interpreter as unknown as new (environment: Environment) => Interpreter;
