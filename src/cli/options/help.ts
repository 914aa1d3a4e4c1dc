import { createRequire } from "node:module";
import type { Options } from "yargs";
import { packageVersion } from "../../bundled.js";
import type { Flag, OptionGroup } from "../../options/index.js";
import {
  type CommandEntry,
  type CommandTable,
  type GroupEntry,
  isGroup,
  positionalName,
  usageOf,
} from "./command-table.js";

// yargs as CommonJS: a few files in place of dozens of modules, and lines of help that break between words, not in them.
const yargs = createRequire(import.meta.url)("yargs") as typeof import("yargs").default;

/** The longest line of help. */
const WIDTH = 100;

const HEADINGS: Record<OptionGroup, string> = {
  Model: "Model:",
  Scoring: "Scoring (each is recorded with the run):",
  Data: "Data:",
  Output: "Output:",
  Other: "Options:",
};

const ABOUT = "Evaluates GLM language models by the cloze: SuperGLUE and your own questions.";

const EXAMPLES = [
  ["superglue", "the bundled small GLM on the bundled sample of all eight tasks"],
  ["superglue --model THUDM/glm-roberta-large --data ~/superglue", "a published GLM, the real data"],
  ['score "Paris is the capital of [MASK]." --answers France,Italy', "your own question"],
] as const;

/** The help of a command, a group, or of the program as a whole. */
export async function helpOf(
  entry: CommandEntry | GroupEntry | undefined,
  table: CommandTable,
): Promise<string> {
  const page = yargs([])
    .locale("en")
    .scriptName("glm-eval")
    .wrap(Math.min(WIDTH, process.stdout.columns ?? WIDTH))
    .version(packageVersion())
    .help()
    .alias({ h: "help" });
  for (const [line, what] of entry?.examples ?? EXAMPLES) page.example(`$0 ${line}`, what);
  if (entry !== undefined && !isGroup(entry)) {
    page.usage(`$0 ${usageOf(entry)}\n\n${entry.describe}`);
    for (const flag of entry.positionals) page.option(positionalName(flag), positional(flag));
    for (const group of Object.keys(HEADINGS))
      for (const flag of entry.flags) if (flag.group === group) page.option(flag.name, shown(flag));
  } else {
    const name = [...(entry?.path ?? []), "COMMAND"].join(" ");
    page.usage(`$0 ${name}\n\n${entry?.describe ?? ABOUT}`);
    for (const below of entry?.commands ?? table)
      page.command(isGroup(below) ? below.path.join(" ") : usageOf(below), below.describe);
  }
  return `${await page.getHelp()}\n`;
}

/** The name of a group under which yargs shows options without dashes. */
const POSITIONALS = "Positionals:";

function positional({ help, isRequired }: Flag): Options {
  return { group: POSITIONALS, describe: help, ...(isRequired && { demandOption: true }) };
}

function shown(flag: Flag): Options {
  const { help, group, alias, choices, hidden = false, isRequired } = flag;
  const isOneOf = choices.length > 0 && !flag.isNumber && !flag.isList;
  const type = typeOf(flag);
  return {
    describe: help,
    alias: [...alias],
    hidden,
    group: HEADINGS[group],
    demandOption: isRequired,
    ...(isOneOf ? { choices } : type && { type }),
    ...(flag.default !== undefined && { default: flag.default, defaultDescription: told(flag.default) }),
  };
}

/** Undefined where values of several kinds stand. */
function typeOf(flag: Flag): NonNullable<Options["type"]> | undefined {
  if (flag.isSwitch) return "boolean";
  if (flag.isNumber) return flag.isText || flag.choices.length > 0 ? undefined : "number";
  return flag.repeated ? "array" : "string";
}

function told(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : JSON.stringify(value);
}
