import { parseArgs } from "node:util";
import { GlmEvalError, nearest } from "../../errors.js";
import type { Flag } from "../../options/index.js";
import { type CommandEntry, getPositionalName } from "./command-table.js";
import { findEndOfFlags, getHelpHint, isFlag } from "./find-command.js";

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/** Accepts lm-eval's spellings: --output_path becomes --output-path. */
export function normalizeSpelling(args: readonly string[]): string[] {
  const end = findEndOfFlags(args);
  return args.map((argument, k) => {
    const [flag, ...rest] = argument.split("=");
    const isTheirs = k < end && /^--[a-z]+(_[a-z]+)+$/.test(flag!);
    return isTheirs ? [flag!.replaceAll("_", "-"), ...rest].join("=") : argument;
  });
}

/**
 * Parses the arguments after a command's name into values by option key: texts, numbers (if the option takes them), lists,
 * and booleans. Whether the values are valid is for the schema to check.
 * @throws GlmEvalError (usage) for an unknown flag, an unexpected argument, a missing value, or a flag given twice
 */
export function parseArguments(args: readonly string[], entry: CommandEntry): Record<string, unknown> {
  const given = new Map<Flag, unknown[]>();
  const unnamed: string[] = [];
  for (const token of tokenize(args, entry.flags)) {
    if (token.kind === "positional") unnamed.push(token.value);
    if (token.kind !== "option") continue;
    const [flag, value] = readFlag(token, entry);
    given.set(flag, [...(given.get(flag) ?? []), value]);
  }
  const read = Object.fromEntries(
    [...given].map(([flag, values]) => [flag.key, readValue(flag, values, entry)]),
  );
  for (const [flag, values] of assignPositionals(unnamed, entry)) {
    const value = readValue(flag, values, entry);
    // A list given both as arguments and by its flag has the items of both.
    read[flag.key] = flag.key in read ? [value, read[flag.key]].flat() : value;
  }
  return read;
}

/** Returns the name of an option in messages: its flag, or its placeholder if it is given without one. */
export function getOptionName(entry: CommandEntry, key: string): string {
  const positional = entry.positionals.find((flag) => flag.key === key);
  return positional === undefined
    ? `--${entry.flags.find((flag) => flag.key === key)!.name}`
    : getPositionalName(positional);
}

function tokenize(args: readonly string[], flags: readonly Flag[]): readonly Token[] {
  const options = flags.flatMap(({ name, alias, isSwitch }) => {
    const type = isSwitch ? ("boolean" as const) : ("string" as const);
    const [long, short] = [alias.filter((each) => each.length > 1), alias.find((each) => each.length === 1)];
    return [
      [name, { type, ...(short && { short }) }] as const,
      ...long.map((each) => [each, { type }] as const),
    ];
  });
  return parseArgs({
    args: [...args],
    options: Object.fromEntries(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

function readFlag({ name, rawName, value, inlineValue }: OptionToken, entry: CommandEntry): [Flag, unknown] {
  const find = (wanted: string) =>
    entry.flags.find((flag) => flag.name === wanted || flag.alias.includes(wanted));
  const negated = rawName.startsWith("--no-") ? find(name.slice(3)) : undefined;
  if (negated?.isSwitch && value === undefined) return [negated, false];
  const flag = find(name);
  if (flag === undefined) throw unknownFlag(rawName, entry);
  const invalid = (what: string) =>
    new GlmEvalError("bad-option", `${rawName} ${what}`, { hint: getHelpHint(entry.path) });
  if (flag.isSwitch) {
    if (value === undefined || value === "true") return [flag, true];
    if (value === "false") return [flag, false];
    throw invalid(`takes no value; found ${JSON.stringify(value)}`);
  }
  // An argument that looks like a flag is one: a text that starts like a flag is passed as --flag=-text.
  if (value === undefined || (!inlineValue && isFlag(value))) throw invalid("needs a value");
  const text = inlineValue && !rawName.startsWith("--") ? value.replace(/^=/, "") : value;
  if (text === "" && !flag.repeated)
    throw new GlmEvalError("bad-option", `${rawName} is empty; expected a value`, {
      hint: "Pass a value, or omit the flag.",
    });
  return [flag, text];
}

function unknownFlag(rawName: string, { flags, path }: CommandEntry): GlmEvalError {
  const known = flags.filter(({ hidden }) => !hidden).map(({ name }) => name);
  const near = nearest(rawName.replace(/^--?/, ""), known);
  return new GlmEvalError("unknown-flag", `unknown flag ${rawName}`, {
    hint: `${near === undefined ? "" : `Did you mean --${near}? `}${getHelpHint(path)}`,
  });
}

/** Assigns the arguments without a flag to the command's positionals in order; a list takes all that remain. */
function assignPositionals(unnamed: readonly string[], entry: CommandEntry): [Flag, string[]][] {
  const left = [...unnamed];
  const taken = entry.positionals.flatMap((flag): [Flag, string[]][] => {
    const values = flag.isList ? left.splice(0) : left.splice(0, 1);
    if (values.length > 0) return [[flag, values]];
    if (!flag.isRequired) return [];
    throw new GlmEvalError("missing-argument", `missing argument: ${getPositionalName(flag)}, ${flag.help}`, {
      hint: getHelpHint(entry.path),
    });
  });
  if (left.length > 0)
    throw new GlmEvalError("unexpected-argument", `unexpected argument ${JSON.stringify(left[0])}`, {
      hint: getHelpHint(entry.path),
    });
  return taken;
}

function readValue(flag: Flag, values: readonly unknown[], entry: CommandEntry): unknown {
  if (flag.repeated || entry.positionals.includes(flag)) return flag.isList ? values : values[0];
  const [value] = values;
  // Repeating a switch has no effect.
  if (flag.isSwitch) return values.at(-1);
  if (values.length > 1)
    throw new GlmEvalError("bad-option", `--${flag.name} is given ${values.length} times; expected once`, {
      hint: "Remove all but one.",
    });
  return typeof value === "string" ? convertArgument(value, flag, entry) : value;
}

/** Converts an argument to its value: one of the option's keywords, a number, a list, or the text itself. */
function convertArgument(argument: string, flag: Flag, entry: CommandEntry): unknown {
  if (flag.choices.includes(argument)) return argument;
  if (flag.isNumber && argument.trim() !== "" && Number.isFinite(Number(argument))) return Number(argument);
  if (!flag.isList) return argument;
  const items = argument.split(",").map((item) => item.trim());
  if (items.some(Boolean)) return items;
  throw new GlmEvalError(
    "bad-option",
    `--${flag.name}: found ${JSON.stringify(argument)}; expected ${flag.expected}`,
    { hint: `Pass one or more, or omit the flag. ${getHelpHint(entry.path)}` },
  );
}
