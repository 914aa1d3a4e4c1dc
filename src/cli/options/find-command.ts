import { GlmEvalError, nearest } from "../../errors.js";
import { type CommandEntry, type CommandTable, type GroupEntry, isGroup } from "./command-table.js";

/** The command that the arguments name, and the arguments after its name. */
export interface FoundCommand {
  readonly entry: CommandEntry;
  readonly rest: readonly string[];
}

/** Whether an argument is a flag rather than a value: "-" and "-1" are values. */
export function isFlag(arg: string): boolean {
  return /^-{1,2}[a-z]/i.test(arg);
}

/** The index at which flags end: that of "--", after which all arguments are values. */
export function findEndOfFlags(args: readonly string[]): number {
  return args.includes("--") ? args.indexOf("--") : args.length;
}

export function isVersionRequested(args: readonly string[]): boolean {
  return args.slice(0, findEndOfFlags(args)).includes("--version");
}

/** Returns what help is requested for: a command, a group, or the program itself (undefined); false if none is requested. */
export function findHelpTopic(
  args: readonly string[],
  table: CommandTable,
): CommandEntry | GroupEntry | undefined | false {
  if (!args.slice(0, findEndOfFlags(args)).some((arg) => arg === "--help" || arg === "-h")) return false;
  const [first, second] = args;
  if (first === undefined || isFlag(first)) return undefined;
  const entry = findEntry(first, table);
  return isGroup(entry) && second !== undefined && !isFlag(second)
    ? findEntry(second, entry.commands)
    : entry;
}

/** @throws GlmEvalError (usage) if the arguments name no command */
export function findCommand(args: readonly string[], table: CommandTable): FoundCommand {
  const [first, ...rest] = args;
  if (first === undefined || isFlag(first))
    throw missingCommand(`no command given${first === undefined ? "" : ` before ${first}`}`, [], table);
  const entry = findEntry(first, table);
  if (!isGroup(entry)) return { entry, rest };
  const [action, ...others] = rest;
  if (action === undefined || isFlag(action))
    throw missingCommand(entry.missingMessage, entry.path, entry.commands);
  return { entry: findEntry(action, entry.commands), rest: others };
}

/** Returns a hint: "`glm-eval models --help` shows the usage." */
export function getHelpHint(path: readonly string[]): string {
  return `\`${["glm-eval", ...path, "--help"].join(" ")}\` shows the usage.`;
}

function findEntry<E extends CommandEntry | GroupEntry>(name: string, entries: readonly E[]): E {
  const found = entries.find(({ path }) => path.at(-1) === name);
  if (found !== undefined) return found;
  const known = getNames(entries);
  const near = nearest(name, known);
  throw new GlmEvalError("unknown-command", `unknown command ${JSON.stringify(name)}`, {
    hint: `${near === undefined ? "" : `Did you mean ${near}? `}The commands are: ${known.join(", ")}`,
  });
}

function missingCommand(
  what: string,
  path: readonly string[],
  entries: readonly (CommandEntry | GroupEntry)[],
): GlmEvalError {
  const known = getNames(entries);
  const listed =
    path.length === 0
      ? `one of ${known.join(", ")}`
      : [known.slice(0, -1).join(", "), known.at(-1)].filter(Boolean).join(" or ");
  return new GlmEvalError("missing-command", `${what}; expected ${listed}`, { hint: getHelpHint(path) });
}

function getNames(entries: readonly (CommandEntry | GroupEntry)[]): string[] {
  return entries.map(({ path }) => path.at(-1)!);
}
