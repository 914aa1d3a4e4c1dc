import { parseArgs } from "node:util";
import { GlmEvalError, nearest } from "../../errors.js";
import type { Flag } from "../../options/index.js";
import { type CommandEntry, positionalName } from "./command-table.js";
import { endOfFlags, isFlag, seeHelp } from "./find-command.js";

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/** lm-eval's spellings work too: --output_path is --output-path. */
export function ownSpelling(words: readonly string[]): string[] {
  const end = endOfFlags(words);
  return words.map((word, k) => {
    const [flag, ...rest] = word.split("=");
    const isTheirs = k < end && /^--[a-z]+(_[a-z]+)+$/.test(flag!);
    return isTheirs ? [flag!.replaceAll("_", "-"), ...rest].join("=") : word;
  });
}

/**
 * What the words behind a command say, by the keys of its options: texts, numbers where an option takes them, lists, and
 * true or false. Whether the values may be so is for the schema to say.
 * @throws GlmEvalError (usage) for what is no flag or argument of the command, lacks its value, or is given twice
 */
export function readWords(words: readonly string[], entry: CommandEntry): Record<string, unknown> {
  const given = new Map<Flag, unknown[]>();
  const bare: string[] = [];
  for (const token of split(words, entry.flags)) {
    if (token.kind === "positional") bare.push(token.value);
    if (token.kind !== "option") continue;
    const [flag, value] = readFlag(token, entry);
    given.set(flag, [...(given.get(flag) ?? []), value]);
  }
  const read = Object.fromEntries(
    [...given].map(([flag, values]) => [flag.key, wordsValue(flag, values, entry)]),
  );
  for (const [flag, values] of positionals(bare, entry)) {
    const value = wordsValue(flag, values, entry);
    // A list that may be given both ways is of both.
    read[flag.key] = flag.key in read ? [value, read[flag.key]].flat() : value;
  }
  return read;
}

/** How messages call an option: its flag, or what stands in its place on the command line. */
export function shownName(entry: CommandEntry, key: string): string {
  const positional = entry.positionals.find((flag) => flag.key === key);
  return positional === undefined
    ? `--${entry.flags.find((flag) => flag.key === key)!.name}`
    : positionalName(positional);
}

function split(words: readonly string[], flags: readonly Flag[]): readonly Token[] {
  const options = flags.flatMap(({ name, alias, isSwitch }) => {
    const type = isSwitch ? ("boolean" as const) : ("string" as const);
    const [long, short] = [alias.filter((each) => each.length > 1), alias.find((each) => each.length === 1)];
    return [
      [name, { type, ...(short && { short }) }] as const,
      ...long.map((each) => [each, { type }] as const),
    ];
  });
  return parseArgs({
    args: [...words],
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
  const wrong = (what: string) =>
    new GlmEvalError("bad-option", `${rawName} ${what}`, { hint: seeHelp(entry.path) });
  if (flag.isSwitch) {
    if (value === undefined || value === "true") return [flag, true];
    if (value === "false") return [flag, false];
    throw wrong(`takes no value; found ${JSON.stringify(value)}`);
  }
  // A word that looks like a flag is one: a text that begins so is given as --flag=-text.
  if (value === undefined || (!inlineValue && isFlag(value))) throw wrong("needs a value");
  const text = inlineValue && !rawName.startsWith("--") ? value.replace(/^=/, "") : value;
  if (text === "" && !flag.repeated)
    throw new GlmEvalError("bad-option", `${rawName} is empty; expected a value`, {
      hint: "Give it a value, or leave it out.",
    });
  return [flag, text];
}

function unknownFlag(rawName: string, { flags, path }: CommandEntry): GlmEvalError {
  const known = flags.filter(({ hidden }) => !hidden).map(({ name }) => name);
  const near = nearest(rawName.replace(/^--?/, ""), known);
  return new GlmEvalError("unknown-flag", `there is no flag ${rawName}`, {
    hint: `${near === undefined ? "" : `did you mean --${near}? `}${seeHelp(path)}`,
  });
}

/** The words without a flag, given out to the command's arguments in order; a list takes all that are left. */
function positionals(bare: readonly string[], entry: CommandEntry): [Flag, string[]][] {
  const left = [...bare];
  const taken = entry.positionals.flatMap((flag): [Flag, string[]][] => {
    const values = flag.isList ? left.splice(0) : left.splice(0, 1);
    if (values.length > 0) return [[flag, values]];
    if (!flag.isRequired) return [];
    throw new GlmEvalError(
      "missing-argument",
      `an argument is missing: ${positionalName(flag)}, ${flag.help}`,
      {
        hint: seeHelp(entry.path, "how it is used"),
      },
    );
  });
  if (left.length > 0)
    throw new GlmEvalError(
      "unexpected-argument",
      `found ${JSON.stringify(left[0])}, which is not expected here`,
      {
        hint: seeHelp(entry.path),
      },
    );
  return taken;
}

function wordsValue(flag: Flag, values: readonly unknown[], entry: CommandEntry): unknown {
  if (flag.repeated || entry.positionals.includes(flag)) return flag.isList ? values : values[0];
  const [value] = values;
  // To say twice that something is wanted changes nothing.
  if (flag.isSwitch) return values.at(-1);
  if (values.length > 1)
    throw new GlmEvalError("bad-option", `--${flag.name} is given ${values.length} times; expected once`, {
      hint: "Keep one of them.",
    });
  return typeof value === "string" ? typed(value, flag, entry) : value;
}

/** A word as the value that it stands for: one of the option's own words, a number, a list, or itself. */
function typed(word: string, flag: Flag, entry: CommandEntry): unknown {
  if (flag.choices.includes(word)) return word;
  if (flag.isNumber && word.trim() !== "" && Number.isFinite(Number(word))) return Number(word);
  if (!flag.isList) return word;
  const items = word.split(",").map((item) => item.trim());
  if (items.some(Boolean)) return items;
  throw new GlmEvalError(
    "bad-option",
    `--${flag.name}: found ${JSON.stringify(word)}; expected ${flag.expected}`,
    { hint: `Give it one or more, or leave it out. ${seeHelp(entry.path)}` },
  );
}
