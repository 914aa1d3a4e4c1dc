import { child, descendants } from "./ast.js";
import type { Node, Token } from "./jinja.js";

/** The name by which a template can access every column: `row["Class Index"]`. */
const ROW = "row";

/** Jinja's keywords, which cannot be used as column names. */
const KEYWORDS = new Set("if else in not and or is true True false False none None".split(" "));

/** Whether a column's name can be written in an expression as it is. */
function isPlainName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name);
}

/** Formats a column's name for an expression: `text`, or `row["Class Index"]` if the name is not a plain ASCII word. */
export function formatColumn(name: string): string {
  return isPlainName(name) ? name : `${ROW}[${JSON.stringify(name)}]`;
}

/** Replaces every `row["name"]` with a literal name by that column's identifier. Any other `row` is a column named row. */
export function resolveRow(root: Node): void {
  for (const node of [...descendants(root)]) {
    const name = readRowColumn(node);
    if (name === undefined) continue;
    for (const key of Object.keys(node)) delete (node as Record<string, unknown>)[key];
    Object.assign(node, { type: "Identifier", value: name });
  }
}

function readRowColumn(node: Node): string | undefined {
  if (node.type !== "MemberExpression" || node.computed !== true) return undefined;
  const [object, property] = [child(node, "object"), child(node, "property")];
  const isRow = object.type === "Identifier" && object.value === ROW;
  return isRow && property.type === "StringLiteral" ? String(property.value) : undefined;
}

/** Finds the tokens of a column's first use: its identifier, or `row` to the closing bracket. */
export function findColumn(
  tokens: readonly Token[],
  name: string,
): { first: number; last: number } | undefined {
  for (const [i, token] of tokens.entries()) {
    if (token.type !== "Identifier") continue;
    if (token.value === ROW && tokens[i + 2]?.type === "StringLiteral" && tokens[i + 2]!.value === name)
      return { first: i, last: i + 3 };
    if (token.value === name) return { first: i, last: i };
  }
  return undefined;
}

/** Returns a hint for an expression that fails to parse because a column's name is not a plain word; else undefined. */
export function oddNameHint(source: string): string | undefined {
  const inside = source
    .replace(/^\{\{-?|-?\}\}$/g, "")
    .split("|")[0]!
    .trim();
  const isOneName = /^[^"'()[\]{}~+=<>!,.]+$/u.test(inside);
  return isOneName && !isPlainName(inside)
    ? `If this is a column's name, write ${formatColumn(inside)}.`
    : undefined;
}
