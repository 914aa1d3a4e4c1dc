import { z } from "zod";
import { flag, names, option, text, wholeNumber, withDefault } from "./option.js";

const group = "Data";

export const data = option(text.optional(), {
  help: "folder with the data sets: official files (BoolQ/val.jsonl, …) or the hub's (boolq/validation-00000-of-00001.parquet, …); default: the bundled sample",
  alias: ["d"],
  group,
  placeholder: "FOLDER",
  examples: ["./superglue"],
});

export const split = option(z.enum(["validation", "test", "train"]).optional(), {
  help: "split of the data",
  group,
});

export const limit = option(z.union([wholeNumber(1), z.number().gt(0).lt(1)]).optional(), {
  help: "at most this many examples per task; below 1: this fraction of each task, rounded up",
  alias: ["L"],
  group,
  placeholder: "N",
  expected: "a whole number above 0, or a fraction between 0 and 1",
  examples: ["50", "0.1"],
});

export const patterns = option(z.union([z.literal("all"), names]).optional(), {
  help: "pattern ids separated by commas, or all; default: each task's published pattern",
  alias: ["p", "pattern"],
  group,
  placeholder: "IDS",
  examples: ["p0,p1", "all"],
});

/** Which examples are scored, and how they are presented. */
export const dataOptions = z.object({
  data,
  split: withDefault(split, "validation"),
  limit,
  limitBy: option(z.enum(["first", "random", "stratified"]).default("first"), {
    help: "which examples --limit takes: the first, or drawn at random; stratified: in the proportions of the gold labels",
    group,
  }),
  limitSeed: option(wholeNumber(0).default(0), {
    help: "another seed draws other examples for --limit-by random and stratified",
    group,
    placeholder: "N",
    examples: ["1"],
  }),
  patterns,
  numFewshot: option(wholeNumber(0).default(0), {
    help: "few-shot examples before each question",
    alias: ["f"],
    group,
    placeholder: "N",
    examples: ["4"],
  }),
  fewshotSeed: option(wholeNumber(0).default(0), {
    help: "seed for choosing the few-shot examples",
    group,
    placeholder: "N",
    examples: ["1"],
  }),
  fewshotBalanced: flag({ help: "use the same number of few-shot examples for each label", group }),
  onError: option(z.enum(["stop", "skip"]).default("stop"), {
    help: "what to do with an example that cannot be scored (too long with nothing to cut, an empty answer): stop fails its task; skip leaves it out and reports it",
    group,
  }),
});

/** Tasks by name or file. */
export const tasks = option(names.optional(), {
  help: "only these tasks, separated by commas",
  alias: ["t"],
  group: "Data",
  placeholder: "TASKS",
  examples: ["copa,rte"],
});

export const diagnostics = flag({
  help: "also run AX-b and AX-g (not part of the SuperGLUE score)",
  group: "Data",
});

export type DataOptions = z.output<typeof dataOptions>;
