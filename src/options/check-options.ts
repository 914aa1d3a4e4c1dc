import type { z } from "zod";
import { didYouMean, GlmEvalError, nearest } from "../errors.js";
import { describeExpected, listFlags } from "./flags.js";

/** How a message names an option, and the hint it adds. */
export interface OptionMessages {
  /** makes "--max-length" of a key; default: the key itself */
  readonly formatName?: ((key: string) => string) | undefined;
  /** what to do if nothing more specific is known */
  readonly hint?: string | undefined;
}

/**
 * Checks options and fills in defaults.
 * @throws GlmEvalError (usage) for the first option that is unknown, missing or has an invalid value
 */
export function checkOptions<S extends z.ZodObject>(
  schema: S,
  given: Readonly<Record<string, unknown>>,
  { formatName = (key) => key, hint }: OptionMessages = {},
): z.output<S> {
  const unknown = Object.keys(given).find((key) => !(key in schema.shape));
  if (unknown !== undefined)
    throw new GlmEvalError("unknown-option", `unknown option ${unknown}`, {
      hint: didYouMean(unknown, Object.keys(schema.shape), "options"),
    });
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const key = String(parsed.error.issues[0]!.path[0]);
  const value = given[key];
  if (value === undefined)
    throw new GlmEvalError("missing-option", `${formatName(key)} is missing`, { hint });
  const option = schema.shape[key] as z.ZodType;
  const { choices, isNumber } = listFlags(schema).find((flag) => flag.key === key)!;
  // For a list, report the invalid item only.
  const index = parsed.error.issues[0]!.path[1];
  const wrong = Array.isArray(value) && typeof index === "number" ? value[index] : value;
  const found = isNumber ? String(wrong) : quoteValue(wrong);
  const near = typeof wrong === "string" ? nearest(wrong, choices) : undefined;
  const help = [near && `Did you mean ${near}?`, hint].filter(Boolean).join(" ");
  throw new GlmEvalError(
    "bad-option",
    `${formatName(key)}: found ${found}; expected ${describeExpected(option)}`,
    {
      hint: help || undefined,
    },
  );
}

function quoteValue(value: unknown): string {
  return Array.isArray(value) ? value.map((item) => JSON.stringify(item)).join(", ") : JSON.stringify(value);
}
