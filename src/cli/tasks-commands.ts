import type { Argv, CommandModule, Options } from "yargs";
import { dataFolderOption, fewshotOptions, readingOptions, splitOption, splitOptions } from "./options.js";
import { wholeNumber } from "./usage.js";

const list: CommandModule = {
  command: "list [task..]",
  describe: "Tasks and suites with their sizes, metrics and patterns",
  builder: (y: Argv) =>
    dataFolderOption(y)
      .positional("task", {
        type: "string",
        array: true,
        describe: "names or files; what comes with the program unless given",
      })
      .option("json", { type: "boolean", default: false, describe: "as JSON" })
      .example(
        "$0 tasks list",
        "names for `run` and --tasks, ids for --patterns; sizes of the bundled sample",
      )
      .example("$0 tasks list --data ./superglue", "with the sizes of the official files")
      .example("$0 tasks list ./tasks/*.yaml --json", "tasks of your own, for scripts"),
  handler: async (argv) => (await import("./tasks-list.js")).list(argv as never),
};

const validate: CommandModule = {
  command: "validate [task..]",
  describe: "All that is wrong with task files and their data, where, and how to mend it",
  builder: (y: Argv) =>
    splitOptions(readingOptions(y, "a folder or a hub name: also see what its tokenizer makes of the task"))
      .positional("task", {
        type: "string",
        array: true,
        describe: "task files, or names of built-in tasks",
      })
      .option("json", { type: "boolean", default: false, describe: "as JSON" })
      .example("$0 tasks validate ./my-task.yaml", "with its data, which lies beside it")
      .example("$0 tasks validate *.yaml --data ./data --model ./glm-large", "also lengths and words"),
  handler: async (argv) => (await import("./tasks-validate.js")).validate(argv as never),
};

const show: CommandModule = {
  command: "show <task>",
  describe: "What is asked of the first examples, as a model gets it",
  builder: (y: Argv) =>
    fewshotOptions(
      splitOption(dataFolderOption(readingOptions(y, "a folder or a hub name: also show the tokens"))),
    )
      .positional("task", { type: "string", describe: "a task file, or the name of a built-in task" })
      .option("number", {
        alias: "n",
        default: 3,
        requiresArg: true,
        coerce: wholeNumber("--number"),
        describe: "examples of each pattern",
      })
      .option("patterns", {
        alias: ["p", "pattern"],
        type: "string",
        requiresArg: true,
        describe: "pattern ids separated by commas, or all; the task's default unless given",
      })
      .option("json", { type: "boolean", default: false, describe: "as JSON" })
      .example("$0 tasks show boolq", "three examples of its default pattern")
      .example("$0 tasks show ./my-task.yaml -n 1 -p all --model ./glm-large", "with pieces and ids")
      .example("$0 tasks show rte --num-fewshot 4 --model ./glm-large", "with the examples that a run shows"),
  handler: async (argv) => (await import("./tasks-show.js")).show(argv as never),
};

const text = (describe: string): Options => ({ type: "string", requiresArg: true, describe });

const create: CommandModule = {
  command: "new [file]",
  describe: "Write a commented task file for a data file: asks, or takes flags",
  builder: (y: Argv) =>
    y
      .positional("file", { type: "string", describe: "the task file; the data file's name with .yaml" })
      .option("from", {
        ...text("the data file: JSON lines, JSON, CSV, TSV or Parquet"),
        demandOption: true,
      })
      .option("train", text("a data file that few-shot examples come from"))
      .option("id", text("the task's name; the file's unless given"))
      .option("title", text("the task's title; its name unless given"))
      .option("text", text("the pattern: one [MASK], and {{ column }} for each column that is shown"))
      .option("label", text("the column with the right label, or the right answer's text"))
      .option("labels", text("the labels in class order, separated by commas; the column's values"))
      .option("word", {
        type: "string",
        array: true,
        nargs: 1,
        describe: "LABEL=WORD, what stands for a label in the blank; the label itself unless given",
      })
      .option("answers-from", text("the column with a list of answers, where there are no labels"))
      .option("answer", {
        type: "string",
        array: true,
        nargs: 1,
        describe: "a template of an answer, one for each label",
      })
      .option("metric", text("metrics, separated by commas; accuracy, or exact_match without labels"))
      .option("force", { type: "boolean", default: false, describe: "replace a file that is there" })
      .example("$0 tasks new --from reviews.csv", "asks what it needs to know")
      .example(
        '$0 tasks new mood.yaml --from reviews.csv --label mood --text "{{ text | shorten }} It was [MASK]."',
        "by flags: for scripts",
      ),
  handler: async (argv) => (await import("./tasks-new.js")).newTask(argv as never),
};

export const tasks: CommandModule = {
  command: "tasks",
  describe: "The built-in tasks and their patterns; tasks of your own",
  builder: (y: Argv) =>
    y
      .command([list, show, validate, create])
      .example("$0 tasks list", "names for `run` and --tasks, ids for --patterns")
      .example("$0 tasks show ./my-task.yaml", "what is asked of its first examples")
      .example("$0 tasks validate ./my-task.yaml", "all that is wrong with a task of your own")
      .example("$0 tasks new --from reviews.csv", "a task file to begin with")
      .demandCommand(1, "tasks: no action is named; expected list, show, validate or new"),
  handler: () => undefined,
};
