#!/usr/bin/env node
import { packageVersion } from "../bundled.js";
import type { Command } from "./commands/define.js";
import { COMMANDS } from "./commands/index.js";
import type { CommandEntry } from "./options/command-table.js";
import { findCommand, helpWanted, isVersionWanted, seeHelp } from "./options/find-command.js";
import { helpOf } from "./options/help.js";
import { readTable } from "./options/read-table.js";
import { ownSpelling, readWords, shownName } from "./options/read-words.js";
import { exitWith } from "./terminal/exit.js";

// Whoever reads the results may stop reading, as `head` does: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  exitWith(error);
});

try {
  await main(ownSpelling(process.argv.slice(2)));
} catch (error) {
  exitWith(error);
}

async function main(words: readonly string[]): Promise<void> {
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
