import type { Options } from "yargs";
import { wholeNumber } from "./usage.js";

/** A flag with a text for its value. */
export const text = (describe: string, more: Options = {}): Options => ({
  type: "string",
  requiresArg: true,
  describe,
  ...more,
});
/** A flag with a count for its value: no `type`, for yargs would make NaN of what is no number before we see it. */
export const count = (flag: string, describe: string, more: Options = {}): Options => ({
  requiresArg: true,
  coerce: wholeNumber(flag),
  describe,
  ...more,
});
export const choice = (choices: readonly string[], describe: string, more: Options = {}): Options => ({
  choices,
  requiresArg: true,
  describe,
  ...more,
});
export const flag = (describe: string, more: Options = {}): Options => ({
  type: "boolean",
  default: false,
  describe,
  ...more,
});
