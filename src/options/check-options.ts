import type { z } from "zod";
import { didYouMean, GlmEvalError, nearest } from "../errors.js";
import { expectedOf, flagsOf } from "./flags.js";

/** How a message calls an option, and what it says besides. */
export interface Telling {
  /** "--max-length"; the key itself unless told otherwise */
  readonly nameOf?: ((key: string) => string) | undefined;
  /** what to do where nothing better is known */
  readonly hint?: string | undefined;
}

/**
 * Checks options, and fills in what holds unless it is given.
 * @throws GlmEvalError (usage) for the first one that cannot be: unknown, missing, or with a wrong value
 */
export function checkOptions<S extends z.ZodObject>(
  schema: S,
  given: Readonly<Record<string, unknown>>,
  { nameOf = (key) => key, hint }: Telling = {},
): z.output<S> {
  const unknown = Object.keys(given).find((key) => !(key in schema.shape));
  if (unknown !== undefined)
    throw new GlmEvalError("unknown-option", `there is no option ${unknown}`, {
      hint: didYouMean(unknown, Object.keys(schema.shape), "options"),
    });
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const key = String(parsed.error.issues[0]!.path[0]);
  const value = given[key];
  if (value === undefined) throw new GlmEvalError("missing-option", `${nameOf(key)} is missing`, { hint });
  const option = schema.shape[key] as z.ZodType;
  const { choices, isNumber } = flagsOf(schema).find((flag) => flag.key === key)!;
  // Of a list the item that is wrong.
  const place = parsed.error.issues[0]!.path[1];
  const wrong = Array.isArray(value) && typeof place === "number" ? value[place] : value;
  const found = isNumber ? String(wrong) : shown(wrong);
  const near = typeof wrong === "string" ? nearest(wrong, choices) : undefined;
  const help = [near && `did you mean ${near}?`, hint].filter(Boolean).join(" ");
  throw new GlmEvalError("bad-option", `${nameOf(key)}: found ${found}; expected ${expectedOf(option)}`, {
    hint: help || undefined,
  });
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.map((item) => JSON.stringify(item)).join(", ") : JSON.stringify(value);
}
