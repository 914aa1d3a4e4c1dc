import { z } from "zod";
import { asked, flag, names, option, text, wholeNumber, withDefault } from "./option.js";

const group = "Output";

export const json = flag({ help: "as JSON", group });
export const force = flag({ help: "replace a file that is there", group });

/** A folder, or a file, that is written. */
export const output = option(text.optional(), {
  help: "where it is written",
  alias: ["o"],
  group,
  placeholder: "FILE",
});

export const number = option(wholeNumber(1).optional(), {
  help: "how many are shown",
  alias: ["n"],
  group,
  placeholder: "N",
  examples: ["20"],
});

export const format = option(
  z.enum(["text", "markdown", "latex", "csv", "json", "html", "superglue"]).default("text"),
  {
    help: "form of the results: a table for the screen, for GitHub, for a paper; one page; the leaderboard's zip",
    group,
  },
);

export const comparisonFormat = option(z.enum(["text", "markdown", "latex", "csv", "json"]).default("text"), {
  help: "form of the comparison: a table for the screen, for GitHub, for a paper",
  group,
});

const BEST_KNOWN = ["bert-large", "t5-large"];

export const published = option(
  z.union([z.literal("none").transform((): string[] => []), names]).optional(),
  {
    help: "published rows to show beside, separated by commas, or none; `glm-eval published` lists them",
    group,
    placeholder: "ROWS",
    examples: ["glm-large,bert-large", "none"],
  },
);

export const failUnder = option(z.array(z.string().regex(/^[^=\s]+=[+-]?\d+(\.\d+)?$/)).optional(), {
  help: "exit code 100 where a task (boolq=70, cb:accuracy=80) or suite (superglue=60) is below this, in percent",
  group,
  placeholder: "TASK=VALUE",
  repeated: true,
  expected: "TASK=VALUE or TASK:METRIC=VALUE, the value in percent",
  examples: ["boolq=70", "cb:accuracy=80", "superglue=60"],
});

/** Where a run is kept and what is printed of it. */
export const outputOptions = z.object({
  output: asked(output, {
    help: "the run's folder, new or empty; results/<time>-<model> unless given",
    alias: ["o", "output-path"],
    placeholder: "FOLDER",
    examples: ["results/mine"],
  }),
  resume: flag({ help: "continue the stopped run in --output: the same command with --resume", group }),
  published: withDefault(published, BEST_KNOWN),
  format,
  failUnder,
  json: asked(json, { help: "print results.json instead of the table: --format json" }),
  logSamples: flag({ help: "samples are always written", group, hidden: true }),
});

export type Format = z.output<typeof format>;
export type ComparisonFormat = z.output<typeof comparisonFormat>;
export type OutputOptions = z.output<typeof outputOptions>;
