import { z } from "zod";
import { flag, names, option, text, wholeNumber, withDefault } from "./option.js";

const group = "Data";

export const data = option(text.optional(), {
  help: "folder with the data sets (BoolQ/val.jsonl, …); the bundled sample unless given",
  alias: ["d"],
  group,
  placeholder: "FOLDER",
  examples: ["./superglue"],
});

export const split = option(z.enum(["validation", "test", "train"]).optional(), {
  help: "part of the data",
  group,
});

export const limit = option(wholeNumber(1).optional(), {
  help: "at most this many examples of each task",
  alias: ["L"],
  group,
  placeholder: "N",
  examples: ["50"],
});

export const patterns = option(z.union([z.literal("all"), names]).optional(), {
  help: "pattern ids separated by commas, or all; each task's published default unless given",
  alias: ["p", "pattern"],
  group,
  placeholder: "IDS",
  examples: ["p0,p1", "all"],
});

/** Which examples are asked, and how. */
export const dataOptions = z.object({
  data,
  split: withDefault(split, "validation"),
  limit,
  patterns,
  numFewshot: option(wholeNumber(0).default(0), {
    help: "examples shown before each question",
    alias: ["f"],
    group,
    placeholder: "N",
    examples: ["4"],
  }),
  fewshotSeed: option(wholeNumber(0).default(0), {
    help: "another seed shows other examples",
    group,
    placeholder: "N",
    examples: ["1"],
  }),
  fewshotBalanced: flag({ help: "show as many examples of each label as of any other", group }),
  onError: option(z.enum(["stop", "skip"]).default("stop"), {
    help: "an example that cannot be asked (too long and nothing to cut, an empty answer): stop its task, or skip it and report it",
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
  help: "also AX-b and AX-g (not part of the SuperGLUE score)",
  group: "Data",
});

export type DataOptions = z.output<typeof dataOptions>;
