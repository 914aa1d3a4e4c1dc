import type { Flag } from "../../options/index.js";
import type { Example } from "../commands/define.js";

/** A command as plain data: all that help and the reading of words need. */
export interface CommandEntry {
  /** ["models", "list"] */
  readonly path: readonly string[];
  readonly describe: string;
  /** options that are given without a flag, in order */
  readonly positionals: readonly Flag[];
  readonly flags: readonly Flag[];
  readonly examples: readonly Example[];
}

/** Commands below one word. */
export interface GroupEntry {
  readonly path: readonly string[];
  readonly describe: string;
  readonly unnamed: string;
  readonly examples: readonly Example[];
  readonly commands: readonly CommandEntry[];
}

/** All commands, in the order in which help lists them. */
export type CommandTable = readonly (CommandEntry | GroupEntry)[];

export function isGroup(entry: CommandEntry | GroupEntry): entry is GroupEntry {
  return "commands" in entry;
}

/** "models inspect <model>", "run [task..]" */
export function usageOf({ path, positionals }: CommandEntry): string {
  const words = positionals.map(({ isRequired, isList, ...flag }) => {
    const word = `${positionalName(flag)}${isList ? ".." : ""}`;
    return isRequired ? `<${word}>` : `[${word}]`;
  });
  return [...path, ...words].join(" ");
}

export function positionalName({ placeholder, name }: Pick<Flag, "placeholder" | "name">): string {
  return (placeholder ?? name).toLowerCase();
}
