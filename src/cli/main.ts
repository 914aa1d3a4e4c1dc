#!/usr/bin/env node
import { runCommand } from "./run-command.js";
import { exitWith } from "./terminal/exit.js";

// The reader of stdout may stop early, as `head` does: not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  exitWith(error);
});

await runCommand(process.argv.slice(2));
