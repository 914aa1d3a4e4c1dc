import { listFlags } from "../../options/index.js";
import type { Group, LoadCommand } from "../commands/define-command.js";
import { COMMANDS } from "../commands/index.js";
import type { CommandEntry, CommandTable, GroupEntry } from "./command-table.js";

/** Builds the table of all commands from the declarations in their files. */
export async function makeCommandTable(): Promise<CommandTable> {
  const entries = Object.entries(COMMANDS).map(([name, declared]) =>
    typeof declared === "function" ? makeCommandEntry([name], declared) : makeGroupEntry([name], declared),
  );
  // As it is read back from JSON: without undefined values.
  return JSON.parse(JSON.stringify(await Promise.all(entries))) as CommandTable;
}

async function makeGroupEntry(path: readonly string[], { commands, ...group }: Group): Promise<GroupEntry> {
  const entries = Object.entries(commands).map(([name, load]) => makeCommandEntry([...path, name], load));
  return { path, ...group, commands: await Promise.all(entries) };
}

async function makeCommandEntry(path: readonly string[], load: LoadCommand): Promise<CommandEntry> {
  const { describe, options, examples, positionals, alsoFlags } = (await load()).command;
  const all = listFlags(options);
  return {
    path,
    describe,
    positionals: positionals.map((key) => all.find((flag) => flag.key === key)!),
    flags: all.flatMap((flag) => {
      if (!positionals.includes(flag.key)) return [flag];
      const help = alsoFlags[flag.key];
      return help === undefined ? [] : [{ ...flag, help, default: undefined }];
    }),
    examples,
  };
}
