import type { Flag } from "../../options/index.js";
import type { Example } from "../commands/define-command.js";

/** A command as plain data: everything that the help and the argument parser need. */
export interface CommandEntry {
  /** ["models", "list"] */
  readonly path: readonly string[];
  readonly describe: string;
  /** options given without a flag, in order */
  readonly positionals: readonly Flag[];
  readonly flags: readonly Flag[];
  readonly examples: readonly Example[];
}

/** Commands with a common first word: `models list`, `models inspect`. */
export interface GroupEntry {
  readonly path: readonly string[];
  readonly describe: string;
  /** the error message if no command of the group is given */
  readonly missingMessage: string;
  readonly examples: readonly Example[];
  readonly commands: readonly CommandEntry[];
}

/** All commands, in the order in which the help lists them. */
export type CommandTable = readonly (CommandEntry | GroupEntry)[];

export function isGroup(entry: CommandEntry | GroupEntry): entry is GroupEntry {
  return "commands" in entry;
}

/** "models inspect <model>", "run [task..]" */
export function formatUsage({ path, positionals }: CommandEntry): string {
  const args = positionals.map(({ isRequired, isList, ...flag }) => {
    const name = `${getPositionalName(flag)}${isList ? ".." : ""}`;
    return isRequired ? `<${name}>` : `[${name}]`;
  });
  return [...path, ...args].join(" ");
}

export function getPositionalName({ placeholder, name }: Pick<Flag, "placeholder" | "name">): string {
  return (placeholder ?? name).toLowerCase();
}
