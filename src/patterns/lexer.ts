import { type Token, tokenize } from "./jinja.js";
import { type Origin, templateError } from "./origin.js";

/** A template's top level in order. Offsets are characters of the template, from 0. */
export type Segment =
  | { readonly kind: "literal"; readonly text: string; readonly offset: number }
  | {
      readonly kind: "expression";
      /** from "{{" to "}}" */
      readonly tokens: readonly Token[];
      readonly offsets: readonly number[];
      readonly offset: number;
    };

/** Splits a template into literal text and `{{ … }}`. Comments vanish; `{% … %}` is refused. */
export function segments(source: string, origin: Origin): Segment[] {
  const tokens = tokensOf(source, origin);
  const offsets = tokenOffsets(source, tokens);
  const result: Segment[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const offset = offsets[i]!;
    if (token.type === "Text") {
      result.push({ kind: "literal", text: token.value, offset });
    } else if (token.type === "OpenStatement") {
      throw templateError(
        origin,
        source,
        offset,
        `found a block ("{% ${tokens[i + 1]?.value ?? ""} … %}"), which patterns do not have`,
        "write a choice as an expression: {{ one if condition else other }}",
      );
    } else if (token.type === "OpenExpression") {
      const close = tokens.findIndex((other, j) => j > i && other.type === "CloseExpression");
      if (close < 0) throw unclosed(source, origin, offset);
      result.push({
        kind: "expression",
        tokens: tokens.slice(i, close + 1),
        offsets: offsets.slice(i, close + 1),
        offset,
      });
      i = close;
    }
  }
  return result;
}

function unclosed(source: string, origin: Origin, offset: number) {
  return templateError(origin, source, offset, 'found "{{" without its "}}"');
}

function tokensOf(source: string, origin: Origin): Token[] {
  try {
    return tokenize(source);
  } catch (cause) {
    const offset = offendingTag(source);
    if (!source.slice(offset).includes("}}")) throw unclosed(source, origin, offset);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw templateError(origin, source, offset, `the template cannot be read: ${reason}`);
  }
}

/** The library's syntax errors have no position: the first tag with which the text up to the next one fails. */
function offendingTag(source: string): number {
  const tags = [...source.matchAll(/\{[{%#]/g)].map((match) => match.index);
  const bad = tags.findIndex((_, i) => {
    try {
      tokenize(source.slice(0, tags[i + 1]));
      return false;
    } catch {
      return true;
    }
  });
  return tags[bad] ?? 0;
}

/** Where each token starts. Every token but a string literal stands in the source as its value. */
function tokenOffsets(source: string, tokens: readonly Token[]): number[] {
  let cursor = 0;
  return tokens.map((token) => {
    if (token.type !== "StringLiteral") {
      const start = Math.max(source.indexOf(token.value, cursor), cursor);
      cursor = start + token.value.length;
      return start;
    }
    while (cursor < source.length && source[cursor] !== '"' && source[cursor] !== "'") cursor++;
    const start = cursor;
    const quote = source[cursor++];
    while (cursor < source.length && source[cursor] !== quote) cursor += source[cursor] === "\\" ? 2 : 1;
    cursor++;
    return start;
  });
}
