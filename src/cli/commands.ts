import type { Argv, CommandModule } from "yargs";
import {
  baselineOption,
  cacheOption,
  checkpointOptions,
  dataOptions,
  extraTensorsOption,
  GLM_DTYPES,
  modelOptions,
  outputOptions,
  protocolOption,
  scoringOptions,
} from "./options.js";
import { tasks } from "./tasks-commands.js";
import { wholeNumber } from "./usage.js";

// Handlers are imported when they run: `--help` must not wait for ONNX Runtime or the tokenizers.

const superglue: CommandModule = {
  command: "superglue",
  describe: "The eight SuperGLUE tasks as cloze questions: one table, one CSV",
  builder: (y: Argv) =>
    outputOptions(cacheOption(scoringOptions(dataOptions(baselineOption(modelOptions(y))))))
      .option("diagnostics", {
        type: "boolean",
        default: false,
        describe: "also AX-b and AX-g (not part of the SuperGLUE score)",
      })
      .option("tasks", {
        alias: "t",
        type: "string",
        requiresArg: true,
        describe: "only these tasks, separated by commas",
      })
      .example("$0 superglue", "bundled model, bundled sample: a minute at most")
      .example("$0 superglue --model ./glm-large --data ./superglue", "your checkpoint, the official files")
      .example("$0 superglue --tasks copa,rte --limit 50 --patterns all", "a quick look at every pattern")
      .example(
        "$0 superglue --model ./glm-large --baseline onnx-community/bert-base-uncased-ONNX",
        "another model on the same questions, with the significance of the difference",
      ),
  handler: async (argv) => (await import("./superglue.js")).superglue(argv as never),
};

const run: CommandModule = {
  command: "run [task..]",
  describe: "Any tasks, by built-in name or task file",
  builder: (y: Argv) =>
    outputOptions(cacheOption(scoringOptions(dataOptions(baselineOption(modelOptions(y))))))
      .positional("task", {
        type: "string",
        array: true,
        describe: "a built-in task or suite, or the path of a task or suite file",
      })
      .example("$0 run boolq wsc --model ./glm-large --data ./superglue", "two built-in tasks")
      .example("$0 run ./my-task.yaml --data .", "a task of your own"),
  handler: async (argv) => (await import("./superglue.js")).runTasks(argv as never),
};

const score: CommandModule = {
  command: "score [text..]",
  describe: "Score the answers of cloze texts typed in or read from JSON lines",
  builder: (y: Argv) =>
    cacheOption(scoringOptions(modelOptions(y)))
      .positional("text", { type: "string", array: true, describe: "a text with one [MASK]" })
      .option("answers", {
        alias: "a",
        type: "string",
        array: true,
        nargs: 1,
        describe: 'answers, separated by commas ("quote, one" that has a comma)',
      })
      .option("input", {
        alias: "i",
        type: "string",
        requiresArg: true,
        describe: 'JSON lines {"id", "text", "answers"}; - is stdin',
      })
      .option("output", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "where the JSON lines of scores go; - is stdout (default with --input)",
      })
      .option("json", { type: "boolean", default: false, describe: "JSON lines instead of a table" })
      .example('$0 score "Paris is the capital of [MASK]." --answers \'France,Italy,"the Netherlands"\'', "")
      .example("$0 score --input questions.jsonl --output scores.jsonl --model ./glm-large", ""),
  handler: async (argv) => (await import("./commands/score/score.js")).score(argv as never),
};

const model = (y: Argv) =>
  checkpointOptions(y.positional("model", { type: "string", describe: "a folder or a hub name" }));

const models: CommandModule = {
  command: "models",
  describe: "What a model folder holds; convert one by hand",
  builder: (y: Argv) =>
    y
      .command({
        command: "list",
        describe: "What can be asked: GLM checkpoints by name, architectures of ONNX exports",
        builder: (z: Argv) =>
          z
            .option("json", { type: "boolean", default: false, describe: "as JSON" })
            .example("$0 models list", "names that --model takes, and how each architecture reads a blank"),
        handler: async (argv) => (await import("./commands/models/models.js")).list(argv as never),
      })
      .command({
        command: "inspect <model>",
        describe: "Files, format, shape, tokenizer and checks of a folder or hub name",
        builder: (z: Argv) =>
          protocolOption(model(z))
            .option("json", { type: "boolean", default: false, describe: "as JSON" })
            .example("$0 models inspect ./glm-large", "what is in it, and what is wrong with it")
            .example("$0 models inspect THUDM/glm-roberta-large --json", "for scripts"),
        handler: async (argv) => (await import("./commands/models/models.js")).inspect(argv as never),
      })
      .command({
        command: "convert <model>",
        describe: "Write the ONNX folder of a checkpoint by hand",
        builder: (z: Argv) =>
          extraTensorsOption(model(z))
            .option("output", {
              alias: "o",
              type: "string",
              requiresArg: true,
              demandOption: true,
              describe: "folder to write; --model takes it like any other",
            })
            .option("dtype", {
              choices: GLM_DTYPES,
              default: "fp32",
              requiresArg: true,
              describe: "number format of the weights (docs/precision.md)",
            })
            .example("$0 models convert ./glm-large --output ./glm-large-onnx", "")
            .example("$0 models convert ./glm-10b --output ./glm-10b-q4 --dtype q4", "in 4 bits a weight")
            .example(
              "$0 superglue --model ./glm-large-onnx",
              "the converted folder is a model like any other",
            ),
        handler: async (argv) => (await import("./commands/models/models.js")).convertModel(argv as never),
      })
      .example("$0 models list", "the GLM checkpoints known by name")
      .example("$0 models inspect ./glm-large", "what a folder holds")
      .example("$0 models convert ./glm-large --output ./glm-large-onnx", "the ONNX folder by hand")
      .demandCommand(1, "models: no action is named; expected list, inspect or convert"),
  handler: () => undefined,
};

const cache: CommandModule = {
  command: "cache",
  describe: "The score cache: what was scored is never asked again",
  builder: (y: Argv) =>
    y
      .command({
        command: "list",
        describe: "The models whose scores it holds",
        builder: (z: Argv) =>
          z
            .option("json", { type: "boolean", default: false, describe: "as JSON" })
            .example("$0 cache list", "what tells each model apart, how many questions, how large"),
        handler: async (argv) => (await import("./commands/cache/cache.js")).list(argv as never),
      })
      .command({
        command: "verify",
        describe: "Read every line and see that it is whole (exit code 3 where one is not)",
        builder: (z: Argv) => z.example("$0 cache verify", "after a crash of the machine or its disk"),
        handler: async () => (await import("./commands/cache/cache.js")).verify(),
      })
      .command({
        command: "clear [hash..]",
        describe: "Remove scores: all, or a model's by the hash that list shows",
        builder: (z: Argv) =>
          z
            .positional("hash", {
              type: "string",
              array: true,
              describe: "a model's hash, or as much of it as no other has",
            })
            .option("older-than", {
              requiresArg: true,
              coerce: wholeNumber("--older-than", 0),
              describe: "only of models that were last used more days ago than this",
            })
            .example("$0 cache clear", "everything")
            .example("$0 cache clear 3f9ac214", "one model's")
            .example("$0 cache clear --older-than 90", "what was not used for 90 days"),
        handler: async (argv) => (await import("./commands/cache/cache.js")).clear(argv as never),
      })
      .example("$0 cache list", "what is in it")
      .example("$0 cache verify", "whether it is whole")
      .example("$0 cache clear --older-than 90", "make room")
      .demandCommand(1, "cache: no action is named; expected list, verify or clear"),
  handler: () => undefined,
};

const doctor: CommandModule = {
  command: "doctor",
  describe: "What this machine has, which devices work on it, and what to do about others",
  builder: (y: Argv) =>
    y
      .option("json", { type: "boolean", default: false, describe: "as JSON" })
      .example("$0 doctor", "tests the CPU, CUDA and WebGPU: some seconds"),
  handler: async (argv) => (await import("./commands/doctor/doctor.js")).doctor(argv as never),
};

const setup: CommandModule = {
  command: "setup",
  describe: "Install what a device needs: ONNX Runtime's CUDA provider",
  builder: (y: Argv) =>
    y
      .command({
        command: "cuda",
        describe: "ONNX Runtime's CUDA provider (Linux on x64, CUDA 12)",
        builder: (z: Argv) =>
          z
            .option("from", {
              type: "string",
              requiresArg: true,
              describe: "a NuGet package, or a folder with the libraries; downloaded unless given",
            })
            .example("$0 setup cuda", "downloads it: hundreds of megabytes")
            .example("$0 setup cuda --from Microsoft.ML.OnnxRuntime.Gpu.Linux.1.30.0.nupkg", "no network"),
        handler: async (argv) => (await import("./commands/setup/cuda.js")).setupCuda(argv as never),
      })
      .demandCommand(1, "setup: nothing to set up is named; expected cuda"),
  handler: () => undefined,
};

export const commands: readonly CommandModule[] = [
  superglue,
  run,
  score,
  models,
  tasks,
  cache,
  doctor,
  setup,
];
