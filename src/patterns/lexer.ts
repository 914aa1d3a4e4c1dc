import type { Finding, Problems } from "../findings.js";
import { MAX_TEMPLATE } from "./budget.js";
import { type Token, tokenize } from "./jinja.js";
import { type Origin, templateError } from "./origin.js";
import { oddNameHint } from "./row.js";

/** One item of a template's top level. Offsets are characters of the template, from 0. */
export type Segment =
  | { readonly kind: "literal"; readonly text: string; readonly offset: number }
  | {
      readonly kind: "expression";
      /** from "{{" to "}}" */
      readonly tokens: readonly Token[];
      readonly offsets: readonly number[];
      readonly offset: number;
      /** after the "}}" */
      readonly end: number;
    };

/**
 * Splits a template into literal text and `{{ … }}`. Comments are dropped; `{% … %}` is reported as a problem.
 * @returns undefined if it cannot be split
 */
export function splitTemplate(source: string, origin: Origin, problems: Problems): Segment[] | undefined {
  const tokens = tokenizeTemplate(source, origin, problems);
  if (tokens === undefined) return undefined;
  const offsets = findTokenOffsets(source, tokens);
  const result: Segment[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const offset = offsets[i]!;
    if (token.type === "Text") {
      result.push({ kind: "literal", text: token.value, offset });
    } else if (token.type === "OpenStatement") {
      const name = tokens[i + 1]?.value ?? "";
      problems.add(
        templateError(
          origin,
          source,
          { start: offset, end: offset + 2 },
          "block-in-template",
          `found a block ("{% ${name} … %}"), which patterns do not support`,
          "write a choice as an expression: {{ one if condition else other }}",
        ),
      );
      while (i < tokens.length && tokens[i]!.type !== "CloseStatement") i++;
    } else if (token.type === "OpenExpression") {
      const close = tokens.findIndex((other, j) => j > i && other.type === "CloseExpression");
      if (close < 0) {
        problems.add(unclosedError(source, origin, offset));
        return undefined;
      }
      result.push({
        kind: "expression",
        tokens: tokens.slice(i, close + 1),
        offsets: offsets.slice(i, close + 1),
        offset,
        end: offsets[close]! + 2,
      });
      i = close;
    }
  }
  return result;
}

function unclosedError(source: string, origin: Origin, start: number): Finding {
  return templateError(
    origin,
    source,
    { start, end: start + 2 },
    "unclosed-expression",
    'found "{{" without "}}"',
  );
}

function tokenizeTemplate(source: string, origin: Origin, problems: Problems): Token[] | undefined {
  if (source.length > MAX_TEMPLATE) {
    const message = `found a template of ${source.length} characters; expected at most ${MAX_TEMPLATE}`;
    problems.add(templateError(origin, source, { start: 0 }, "long-template", message));
    return undefined;
  }
  try {
    return tokenize(source);
  } catch (cause) {
    const start = findOffendingTag(source);
    const reason = cause instanceof Error ? cause.message : String(cause);
    problems.add(
      source.slice(start).includes("}}")
        ? templateError(
            origin,
            source,
            { start, end: start + 2 },
            "bad-template",
            `the template cannot be parsed: ${reason}`,
            oddNameHint(source.slice(start, source.indexOf("}}", start) + 2)),
          )
        : unclosedError(source, origin, start),
    );
    return undefined;
  }
}

/**
 * Finds the tag that causes a syntax error, since the library's errors have no position: the text up to the next tag
 * fails, while the text before this tag does not.
 */
function findOffendingTag(source: string): number {
  const tags = [...source.matchAll(/\{[{%#]/g)].map((match) => match.index);
  const fails = (upTo: number | undefined): boolean => {
    try {
      tokenize(source.slice(0, upTo));
      return false;
    } catch {
      return true;
    }
  };
  let [good, bad] = [-1, tags.length - 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (fails(tags[middle + 1])) bad = middle;
    else good = middle;
  }
  return tags[bad] ?? 0;
}

/** Finds where each token starts. Every token except a string literal appears in the source as its value. */
function findTokenOffsets(source: string, tokens: readonly Token[]): number[] {
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
