import { listFlags } from "../../options/index.js";
import type { Group, LoadCommand } from "../commands/define.js";
import { COMMANDS } from "../commands/index.js";
import type { CommandEntry, CommandTable, GroupEntry } from "./command-table.js";

/** Makes the table of all commands from what their files declare. */
export async function makeTable(): Promise<CommandTable> {
  const entries = Object.entries(COMMANDS).map(([name, one]) =>
    typeof one === "function" ? commandEntry([name], one) : groupEntry([name], one),
  );
  // As it is read back: without what is undefined.
  return JSON.parse(JSON.stringify(await Promise.all(entries))) as CommandTable;
}

async function groupEntry(path: readonly string[], { commands, ...group }: Group): Promise<GroupEntry> {
  const below = Object.entries(commands).map(([name, load]) => commandEntry([...path, name], load));
  return { path, ...group, commands: await Promise.all(below) };
}

async function commandEntry(path: readonly string[], load: LoadCommand): Promise<CommandEntry> {
  const { describe, options, examples, positionals, flagsToo } = (await load()).command;
  const all = listFlags(options);
  return {
    path,
    describe,
    positionals: positionals.map((key) => all.find((flag) => flag.key === key)!),
    flags: all.flatMap((flag) => {
      if (!positionals.includes(flag.key)) return [flag];
      const help = flagsToo[flag.key];
      return help === undefined ? [] : [{ ...flag, help, default: undefined }];
    }),
    examples,
  };
}
