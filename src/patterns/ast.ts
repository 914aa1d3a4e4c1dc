import type { Node } from "./jinja.js";

/** Names that a template may use although they are not columns. */
export const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);

export function child(node: Node, key: string): Node {
  return node[key] as Node;
}

/** Returns the name of the filter that a node applies; undefined if the node is not a filter. */
export function getFilterName(node: Node): string | undefined {
  if (node.type !== "FilterExpression") return undefined;
  const filter = child(node, "filter");
  return String((filter.type === "CallExpression" ? child(filter, "callee") : filter).value);
}

/** Type of a node that holds a value already computed. */
export const HELD = "Held";

/** Formats a node for messages: "passage.text". */
export function describe(node: Node): string {
  if (node.type === HELD && node.from !== undefined) return describe(child(node, "from"));
  if (node.type !== "MemberExpression") return node.type === "Identifier" ? String(node.value) : "…";
  const object = describe(child(node, "object"));
  const property = child(node, "property").value;
  return node.computed ? `${object}[${JSON.stringify(property) ?? "…"}]` : `${object}.${property}`;
}

/** Finds the names that an expression looks up: identifiers other than filters, tests, attributes and keywords. */
export function findColumnNames(root: Node): Set<string> {
  const identifiers = [...descendants(root)].filter((node) => node.type === "Identifier");
  return new Set(identifiers.map((node) => String(node.value)).filter((name) => !CONSTANTS.has(name)));
}

/** Yields a node and all nodes below it that are evaluated; names that are only syntax are skipped. */
export function* descendants(node: Node): Generator<Node> {
  yield node;
  for (const [key, value] of Object.entries(node)) {
    if (isSyntax(node, key)) continue;
    // A filter's name is not a column, but its arguments are expressions.
    const inner = node.type === "FilterExpression" && key === "filter" ? (value as Node).args : value;
    const children: unknown[] = inner instanceof Map ? [...inner].flat() : [inner].flat();
    for (const each of children) if (isNode(each)) yield* descendants(each);
  }
}

function isSyntax(node: Node, key: string): boolean {
  switch (node.type) {
    case "BinaryExpression":
    case "UnaryExpression":
      return key === "operator";
    case "TestExpression":
      return key === "test";
    case "KeywordArgumentExpression":
      return key === "key";
    case "MemberExpression":
      return key === "property" && node.computed !== true;
    default:
      return false;
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}
