import { packageVersion } from "../bundled.js";
import type { Command } from "./commands/define.js";
import { COMMANDS } from "./commands/index.js";
import type { CommandEntry } from "./options/command-table.js";
import { findCommand, helpWanted, isVersionWanted, seeHelp } from "./options/find-command.js";
import { helpOf } from "./options/help.js";
import { readTable } from "./options/read-table.js";
import { ownSpelling, readWords, shownName } from "./options/read-words.js";
import { exitWith } from "./terminal/exit.js";

/** Runs the command that the words after `glm-eval` name. Prints errors on stderr and sets the process's exit code. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  try {
    await dispatch(ownSpelling(argv));
  } catch (error) {
    exitWith(error);
  }
}

async function dispatch(words: readonly string[]): Promise<void> {
  if (isVersionWanted(words)) {
    process.stdout.write(`${packageVersion()}\n`);
    return;
  }
  const table = await readTable();
  const help = helpWanted(words, table);
  if (help !== false) {
    process.stdout.write(await helpOf(help, table));
    return;
  }
  const { entry, rest } = findCommand(words, table);
  const given = readWords(rest, entry);
  const command = await load(entry);
  await command.run(given, { formatName: (key) => shownName(entry, key), hint: seeHelp(entry.path) });
}

async function load({ path: [first, second] }: CommandEntry): Promise<Command> {
  const found = COMMANDS[first!]!;
  const file = typeof found === "function" ? found : found.commands[second!]!;
  return (await file()).command;
}
