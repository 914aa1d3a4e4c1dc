import { packageVersion } from "../bundled.js";
import type { Command } from "./commands/define-command.js";
import { COMMANDS } from "./commands/index.js";
import type { CommandEntry } from "./options/command-table.js";
import { findCommand, findHelpTopic, getHelpHint, isVersionRequested } from "./options/find-command.js";
import { formatHelp } from "./options/help.js";
import { getOptionName, normalizeSpelling, parseArguments } from "./options/parse-arguments.js";
import { readCommandTable } from "./options/read-table.js";
import { exitWith } from "./terminal/exit.js";

/** Runs the command named by the arguments after `glm-eval`. Prints errors to stderr and sets the process's exit code. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  try {
    await dispatch(normalizeSpelling(argv));
  } catch (error) {
    exitWith(error);
  }
}

async function dispatch(args: readonly string[]): Promise<void> {
  if (isVersionRequested(args)) {
    process.stdout.write(`${packageVersion()}\n`);
    return;
  }
  const table = await readCommandTable();
  const help = findHelpTopic(args, table);
  if (help !== false) {
    process.stdout.write(await formatHelp(help, table));
    return;
  }
  const { entry, rest } = findCommand(args, table);
  const given = parseArguments(rest, entry);
  const command = await loadCommand(entry);
  await command.run(given, { formatName: (key) => getOptionName(entry, key), hint: getHelpHint(entry.path) });
}

async function loadCommand({ path: [first, second] }: CommandEntry): Promise<Command> {
  const found = COMMANDS[first!]!;
  const file = typeof found === "function" ? found : found.commands[second!]!;
  return (await file()).command;
}
