import { child, descendants } from "./ast.js";
import type { Node, Token } from "./jinja.js";

/** The name under which a template has all columns: `row["Class Index"]`. */
const ROW = "row";

/** Words of Jinja's own that no column can be named by. */
const KEYWORDS = new Set("if else in not and or is true True false False none None".split(" "));

/** Whether a column's name can be written in an expression as it is. */
function isPlainName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name);
}

/** How an expression names a column: `text`, or `row["Class Index"]` where the name is not a word of ASCII letters. */
export function columnExpression(name: string): string {
  return isPlainName(name) ? name : `${ROW}[${JSON.stringify(name)}]`;
}

/** Turns every `row["name"]` with a literal name into that column's identifier. Any other `row` is a column named row. */
export function resolveRow(root: Node): void {
  for (const node of [...descendants(root)]) {
    const name = rowColumn(node);
    if (name === undefined) continue;
    for (const key of Object.keys(node)) delete (node as Record<string, unknown>)[key];
    Object.assign(node, { type: "Identifier", value: name });
  }
}

function rowColumn(node: Node): string | undefined {
  if (node.type !== "MemberExpression" || node.computed !== true) return undefined;
  const [object, property] = [child(node, "object"), child(node, "property")];
  const isRow = object.type === "Identifier" && object.value === ROW;
  return isRow && property.type === "StringLiteral" ? String(property.value) : undefined;
}

/** The tokens of a column's first use: from its identifier, or from `row` to the closing bracket. */
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

/** What to write where an expression cannot be read because a column's name is no word; undefined for other reasons. */
export function oddNameHint(source: string): string | undefined {
  const inside = source
    .replace(/^\{\{-?|-?\}\}$/g, "")
    .split("|")[0]!
    .trim();
  const isOneName = /^[^"'()[\]{}~+=<>!,.]+$/u.test(inside);
  return isOneName && !isPlainName(inside)
    ? `If it is a column's name, write ${columnExpression(inside)}.`
    : undefined;
}
