import { z } from "zod";
import { flag, names, option, text, wholeNumber, withDefault, withMeta } from "./option.js";

const group = "Output";

export const json = flag({ help: "print JSON", group });
export const force = flag({ help: "overwrite an existing file", group });

/** The output folder or file. */
export const output = option(text.optional(), {
  help: "output file",
  alias: ["o"],
  group,
  placeholder: "FILE",
});

export const number = option(wholeNumber(1).optional(), {
  help: "number of examples to show",
  alias: ["n"],
  group,
  placeholder: "N",
  examples: ["20"],
});

export const format = option(
  z.enum(["text", "markdown", "latex", "csv", "json", "html", "superglue"]).default("text"),
  {
    help:
      "format of the results: a table for the terminal (text), GitHub (markdown) or a paper (latex), data (csv, json), a " +
      "page (html), or a zip for the leaderboard (superglue)",
    group,
  },
);

export const comparisonFormat = option(z.enum(["text", "markdown", "latex", "csv", "json"]).default("text"), {
  help: "format of the comparison: a table for the terminal (text), GitHub (markdown) or a paper (latex), or data (csv, json)",
  group,
});

const BEST_KNOWN = ["bert-large", "t5-large"];

export const published = option(
  z.union([z.literal("none").transform((): string[] => []), names]).optional(),
  {
    help: "published rows to show next to the run's, separated by commas, or none; `glm-eval published` lists them",
    group,
    placeholder: "ROWS",
    examples: ["glm-large,bert-large", "none"],
  },
);

export const failUnder = option(z.array(z.string().regex(/^[^=\s]+=[+-]?\d+(\.\d+)?$/)).optional(), {
  help: "exit with code 100 if a task (boolq=70, cb:accuracy=80) or suite (superglue=60) is below this value, in percent",
  group,
  placeholder: "TASK=VALUE",
  repeated: true,
  expected: "TASK=VALUE or TASK:METRIC=VALUE, with the value in percent",
  examples: ["boolq=70", "cb:accuracy=80", "superglue=60"],
});

/** Where a run is stored and how its results are printed. */
export const outputOptions = z.object({
  output: withMeta(output, {
    help: "new or empty folder for the run; default: results/<time>-<model>",
    alias: ["o", "output-path"],
    placeholder: "FOLDER",
    examples: ["results/mine"],
  }),
  resume: flag({ help: "resume the stopped run in --output: repeat its command with --resume added", group }),
  published: withDefault(published, BEST_KNOWN),
  format,
  failUnder,
  json: withMeta(json, { help: "print results.json instead of the table; same as --format json" }),
  logSamples: flag({ help: "no effect: samples are always written", group, hidden: true }),
});

export type Format = z.output<typeof format>;
export type ComparisonFormat = z.output<typeof comparisonFormat>;
export type OutputOptions = z.output<typeof outputOptions>;
