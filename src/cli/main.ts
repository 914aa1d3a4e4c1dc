#!/usr/bin/env node
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { GlmEvalError } from "../errors.js";
import { commands } from "./commands.js";
import { exitWith } from "./exit.js";

/** lm-eval's spellings work too: --output_path is --output-path. */
function kebabCase(argument: string): string {
  const [flag, ...rest] = argument.split("=");
  return /^--[a-z]+(_[a-z]+)+$/.test(flag!) ? [flag!.replaceAll("_", "-"), ...rest].join("=") : argument;
}

const parser = yargs(hideBin(process.argv).map(kebabCase))
  .scriptName("glm-eval")
  .usage("$0 COMMAND\n\nEvaluates GLM language models by the cloze: SuperGLUE and your own questions.")
  .command([...commands])
  .example("$0 superglue", "the bundled small GLM on the bundled sample of all eight tasks")
  .example(
    "$0 superglue --model THUDM/glm-roberta-large --data ~/superglue",
    "a published GLM, the real data",
  )
  .example('$0 score "Paris is the capital of [MASK]." --answers France,Italy', "your own question")
  .demandCommand(1, "Which command? See the list above, or COMMAND --help.")
  .strict()
  .recommendCommands()
  .wrap(Math.min(100, process.stdout.columns ?? 100))
  .version()
  .help()
  .alias({ h: "help" })
  .showHelpOnFail(false)
  .fail((message, error) => {
    throw (
      error ?? new GlmEvalError("usage", message, { hint: "`glm-eval COMMAND --help` shows what there is." })
    );
  });

try {
  await parser.parseAsync();
} catch (error) {
  exitWith(error);
}
