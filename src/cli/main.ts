#!/usr/bin/env node
import { createRequire } from "node:module";
import { packageVersion } from "../bundled.js";
import { commands } from "./commands.js";
import { exitWith } from "./terminal/exit.js";
import { checkValues, type UsageState, usageError } from "./usage.js";

// yargs as CommonJS: a few files in place of dozens of modules, and lines of help that break between words, not in them.
const yargs = createRequire(import.meta.url)("yargs") as typeof import("yargs").default;

/** lm-eval's spellings work too: --output_path is --output-path. */
function kebabCase(argument: string): string {
  const [flag, ...rest] = argument.split("=");
  return /^--[a-z]+(_[a-z]+)+$/.test(flag!) ? [flag!.replaceAll("_", "-"), ...rest].join("=") : argument;
}

// Whoever reads the results may stop reading, as `head` does: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  exitWith(error);
});

const words = process.argv.slice(2).map(kebabCase);
const parser = yargs(words)
  .locale("en")
  .scriptName("glm-eval")
  .usage("$0 COMMAND\n\nEvaluates GLM language models by the cloze: SuperGLUE and your own questions.")
  .command([...commands])
  .example("$0 superglue", "the bundled small GLM on the bundled sample of all eight tasks")
  .example(
    "$0 superglue --model THUDM/glm-roberta-large --data ~/superglue",
    "a published GLM, the real data",
  )
  .example('$0 score "Paris is the capital of [MASK]." --answers France,Italy', "your own question")
  .demandCommand(
    1,
    `no command is named; expected one of superglue, run, score, models, tasks, cache, doctor, setup`,
  )
  .strict()
  .check(checkValues)
  .wrap(Math.min(100, process.stdout.columns ?? 100))
  .version(packageVersion())
  .help()
  .alias({ h: "help" })
  .showHelpOnFail(false)
  .fail((message, error, state) => {
    const isOurs = error !== undefined && error !== null && error.name !== "YError";
    throw isOurs ? error : usageError(message, state as unknown as UsageState, words);
  });

try {
  await parser.parseAsync();
} catch (error) {
  exitWith(error);
}
