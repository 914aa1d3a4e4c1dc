import { type CommandEntry, isGroup } from "../../../src/cli/options/command-table.js";
import { makeCommandTable } from "../../../src/cli/options/make-table.js";

export const table = await makeCommandTable();
export const commands: readonly CommandEntry[] = table.flatMap((entry) =>
  isGroup(entry) ? entry.commands : [entry],
);

export function commandNamed(name: string): CommandEntry {
  return commands.find(({ path }) => path.join(" ") === name)!;
}
