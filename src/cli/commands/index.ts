import type { Group, LoadCommand } from "./define.js";

/**
 * Every command by name. Files are imported when their command runs: `--help` must wait neither for ONNX Runtime nor for the
 * schemas of options, and is made of the table that `npm run build` writes (options/table.ts).
 */
export const COMMANDS: Readonly<Record<string, LoadCommand | Group>> = {
  superglue: () => import("./superglue.js"),
  run: () => import("./run.js"),
  score: () => import("./score.js"),
  judge: () => import("./judge.js"),
  compare: () => import("./compare.js"),
  report: () => import("./report.js"),
  published: () => import("./published.js"),
  models: {
    describe: "What a model folder holds; convert one by hand",
    unnamed: "models: no action is named",
    examples: [
      ["models list", "the GLM checkpoints known by name"],
      ["models inspect ./glm-large", "what a folder holds"],
      ["models convert ./glm-large --output ./glm-large-onnx", "the ONNX folder by hand"],
    ],
    commands: {
      list: () => import("./models-list.js"),
      inspect: () => import("./models-inspect.js"),
      convert: () => import("./models-convert.js"),
    },
  },
  tasks: {
    describe: "The built-in tasks and their patterns; tasks of your own",
    unnamed: "tasks: no action is named",
    examples: [
      ["tasks list", "names for `run` and --tasks, ids for --patterns"],
      ["tasks show ./my-task.yaml", "what is asked of its first examples"],
      ["tasks validate ./my-task.yaml", "all that is wrong with a task of your own"],
      ["tasks new --from reviews.csv", "a task file to begin with"],
    ],
    commands: {
      list: () => import("./tasks-list.js"),
      show: () => import("./tasks-show.js"),
      validate: () => import("./tasks-validate.js"),
      new: () => import("./tasks-new.js"),
    },
  },
  data: {
    describe: "Data sets: download SuperGLUE, list what is there",
    unnamed: "data: no action is named",
    examples: [
      ["data pull superglue", "downloads it from the hub, and verifies it"],
      ["data list", "what was pulled: examples, layout, sha256"],
    ],
    commands: {
      pull: () => import("./data-pull.js"),
      list: () => import("./data-list.js"),
    },
  },
  cache: {
    describe: "The score cache: what was scored is never asked again",
    unnamed: "cache: no action is named",
    examples: [
      ["cache list", "what is in it"],
      ["cache verify", "whether it is whole"],
      ["cache clear --older-than 90", "make room"],
    ],
    commands: {
      list: () => import("./cache-list.js"),
      verify: () => import("./cache-verify.js"),
      clear: () => import("./cache-clear.js"),
    },
  },
  doctor: () => import("./doctor.js"),
  setup: {
    describe: "Install what a device needs: ONNX Runtime's CUDA provider",
    unnamed: "setup: nothing to set up is named",
    examples: [["setup cuda", "downloads it: hundreds of megabytes"]],
    commands: { cuda: () => import("./setup-cuda.js") },
  },
};
