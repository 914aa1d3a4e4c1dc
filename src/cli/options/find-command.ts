import { GlmEvalError, nearest } from "../../errors.js";
import { type CommandEntry, type CommandTable, type GroupEntry, isGroup } from "./command-table.js";

/** The command that the words name, and the words behind its name. */
export interface FoundCommand {
  readonly entry: CommandEntry;
  readonly rest: readonly string[];
}

/** Whether a word is a flag, not a value: "-" and "-1" are values. */
export function isFlag(word: string): boolean {
  return /^-{1,2}[a-z]/i.test(word);
}

/** Where flags end: at "--", behind which words are values. */
export function endOfFlags(words: readonly string[]): number {
  return words.includes("--") ? words.indexOf("--") : words.length;
}

export function isVersionWanted(words: readonly string[]): boolean {
  return words.slice(0, endOfFlags(words)).includes("--version");
}

/** What help is wanted of: a command, a group, or the program as a whole (undefined); false where none is wanted. */
export function helpWanted(
  words: readonly string[],
  table: CommandTable,
): CommandEntry | GroupEntry | undefined | false {
  if (!words.slice(0, endOfFlags(words)).some((word) => word === "--help" || word === "-h")) return false;
  const [first, second] = words;
  if (first === undefined || isFlag(first)) return undefined;
  const entry = named(first, table);
  return isGroup(entry) && second !== undefined && !isFlag(second) ? named(second, entry.commands) : entry;
}

/** @throws GlmEvalError (usage) where the words name no command */
export function findCommand(words: readonly string[], table: CommandTable): FoundCommand {
  const [first, ...rest] = words;
  if (first === undefined || isFlag(first))
    throw unnamed(`no command is named${first === undefined ? "" : ` before ${first}`}`, [], table);
  const entry = named(first, table);
  if (!isGroup(entry)) return { entry, rest };
  const [action, ...behind] = rest;
  if (action === undefined || isFlag(action)) throw unnamed(entry.unnamed, entry.path, entry.commands);
  return { entry: named(action, entry.commands), rest: behind };
}

/** `glm-eval models --help` shows what there is. */
export function seeHelp(path: readonly string[], what = "what there is"): string {
  return `\`${["glm-eval", ...path, "--help"].join(" ")}\` shows ${what}.`;
}

function named<E extends CommandEntry | GroupEntry>(word: string, entries: readonly E[]): E {
  const found = entries.find(({ path }) => path.at(-1) === word);
  if (found !== undefined) return found;
  const known = namesOf(entries);
  const near = nearest(word, known);
  throw new GlmEvalError("unknown-command", `there is no command ${JSON.stringify(word)}`, {
    hint: `${near === undefined ? "" : `did you mean ${near}? `}The commands are: ${known.join(", ")}`,
  });
}

function unnamed(
  what: string,
  path: readonly string[],
  entries: readonly (CommandEntry | GroupEntry)[],
): GlmEvalError {
  const known = namesOf(entries);
  const listed =
    path.length === 0
      ? `one of ${known.join(", ")}`
      : [known.slice(0, -1).join(", "), known.at(-1)].filter(Boolean).join(" or ");
  return new GlmEvalError("missing-command", `${what}; expected ${listed}`, { hint: seeHelp(path) });
}

function namesOf(entries: readonly (CommandEntry | GroupEntry)[]): string[] {
  return entries.map(({ path }) => path.at(-1)!);
}
