import { createRequire } from "node:module";
import type { Options } from "yargs";
import { packageVersion } from "../../bundled.js";
import type { Flag, OptionGroup } from "../../options/index.js";
import {
  type CommandEntry,
  type CommandTable,
  formatUsage,
  type GroupEntry,
  getPositionalName,
  isGroup,
} from "./command-table.js";

// yargs as CommonJS: it loads a few files instead of dozens of modules, and wraps help lines between words, not within them.
const yargs = createRequire(import.meta.url)("yargs") as typeof import("yargs").default;

/** Maximum length of a help line. */
const WIDTH = 100;

const HEADINGS: Record<OptionGroup, string> = {
  Model: "Model:",
  Scoring: "Scoring (recorded with the run):",
  Data: "Data:",
  Output: "Output:",
  Other: "Options:",
};

const ABOUT =
  "Cloze-style (PET) evaluation of GLM and other language models on SuperGLUE and your own tasks.";

const EXAMPLES = [
  ["superglue", "score the bundled small GLM on the bundled sample of all eight tasks"],
  ["superglue --model THUDM/glm-roberta-large --data ~/superglue", "score a published GLM on the full data"],
  ['score "Paris is the capital of [MASK]." --answers France,Italy', "score your own question"],
] as const;

/** Formats the help of a command, a group, or the program itself (undefined). */
export async function formatHelp(
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
  for (const [line, description] of entry?.examples ?? EXAMPLES) page.example(`$0 ${line}`, description);
  if (entry !== undefined && !isGroup(entry)) {
    page.usage(`$0 ${formatUsage(entry)}\n\n${entry.describe}`);
    for (const flag of entry.positionals) page.option(getPositionalName(flag), toYargsPositional(flag));
    for (const group of Object.keys(HEADINGS))
      for (const flag of entry.flags) if (flag.group === group) page.option(flag.name, toYargsOption(flag));
  } else {
    const name = [...(entry?.path ?? []), "COMMAND"].join(" ");
    page.usage(`$0 ${name}\n\n${entry?.describe ?? ABOUT}`);
    for (const each of entry?.commands ?? table)
      page.command(isGroup(each) ? each.path.join(" ") : formatUsage(each), each.describe);
  }
  return `${await page.getHelp()}\n`;
}

/** The heading under which yargs lists options without dashes. */
const POSITIONALS = "Positionals:";

function toYargsPositional({ help, isRequired }: Flag): Options {
  return { group: POSITIONALS, describe: help, ...(isRequired && { demandOption: true }) };
}

function toYargsOption(flag: Flag): Options {
  const { help, group, alias, choices, hidden = false, isRequired } = flag;
  const isOneOf = choices.length > 0 && !flag.isNumber && !flag.isList;
  const type = getValueType(flag);
  return {
    describe: help,
    alias: [...alias],
    hidden,
    group: HEADINGS[group],
    demandOption: isRequired,
    ...(isOneOf ? { choices } : type && { type }),
    ...(flag.default !== undefined && {
      default: flag.default,
      defaultDescription: formatDefault(flag.default),
    }),
  };
}

/** Returns the value type that yargs shows; undefined if values of several types are valid. */
function getValueType(flag: Flag): NonNullable<Options["type"]> | undefined {
  if (flag.isSwitch) return "boolean";
  if (flag.isNumber) return flag.isText || flag.choices.length > 0 ? undefined : "number";
  return flag.repeated ? "array" : "string";
}

function formatDefault(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : JSON.stringify(value);
}
