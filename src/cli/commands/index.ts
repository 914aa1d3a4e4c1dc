import type { Group, LoadCommand } from "./define-command.js";

/**
 * All commands by name. A file is imported only when its command runs: `--help` must not wait for ONNX Runtime or the option
 * schemas, so it is generated from the table that `npm run build` writes (options/read-table.ts).
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
    describe: "List known models, inspect a model folder, convert a checkpoint",
    missingMessage: "models: no action given",
    examples: [
      ["models list", "the known GLM checkpoints"],
      ["models inspect ./glm-large", "the contents of a model folder"],
      ["models convert ./glm-large --output ./glm-large-onnx", "write the ONNX folder manually"],
    ],
    commands: {
      list: () => import("./models-list.js"),
      inspect: () => import("./models-inspect.js"),
      convert: () => import("./models-convert.js"),
    },
  },
  tasks: {
    describe: "List, show, validate and create tasks",
    missingMessage: "tasks: no action given",
    examples: [
      ["tasks list", "names for `run` and --tasks, ids for --patterns"],
      ["tasks show ./my-task.yaml", "the questions of its first examples"],
      ["tasks validate ./my-task.yaml", "all problems in your own task"],
      ["tasks new --from reviews.csv", "write a first task file"],
    ],
    commands: {
      list: () => import("./tasks-list.js"),
      show: () => import("./tasks-show.js"),
      validate: () => import("./tasks-validate.js"),
      new: () => import("./tasks-new.js"),
    },
  },
  data: {
    describe: "Download SuperGLUE, list downloaded data sets",
    missingMessage: "data: no action given",
    examples: [
      ["data pull superglue", "download it from the hub and verify it"],
      ["data list", "the downloaded data: examples, layout, sha256"],
    ],
    commands: {
      pull: () => import("./data-pull.js"),
      list: () => import("./data-list.js"),
    },
  },
  cache: {
    describe: "Manage the score cache, which avoids scoring a question twice",
    missingMessage: "cache: no action given",
    examples: [
      ["cache list", "the models with cached scores"],
      ["cache verify", "check it for damage"],
      ["cache clear --older-than 90", "free disk space"],
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
    missingMessage: "setup: no component given",
    examples: [["setup cuda", "download it (hundreds of megabytes)"]],
    commands: { cuda: () => import("./setup-cuda.js") },
  },
};
