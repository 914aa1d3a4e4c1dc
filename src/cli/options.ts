import type { Argv } from "yargs";

/** The options that say which model is asked and how its files are read. */
export interface ModelArguments {
  readonly model?: string;
  readonly revision?: string;
  readonly offline: boolean;
  readonly protocol: "glm" | "glm-hf";
  readonly gelu?: "erf" | "tanh";
  readonly maskToken?: string;
  readonly eosToken?: string;
  readonly maxLength?: number;
  readonly truncation?: "glm" | "longest";
  readonly threads?: number;
  readonly device: string;
  readonly allowExtraTensors: boolean;
}

export interface ScoringArguments {
  readonly endOfPiece?: "auto" | "yes" | "no";
  readonly normalization?: "auto" | "sum" | "mean";
  readonly maxBatchTokens: number;
  readonly batchSize: string;
}

export interface DataArguments {
  readonly data?: string;
  readonly split: string;
  readonly limit?: number;
  readonly patterns?: string;
}

export interface OutputArguments {
  readonly output?: string;
  readonly published: string;
  readonly json: boolean;
}

const GROUP_MODEL = "Model:";
const GROUP_SCORING = "Scoring (each is recorded with the run):";
const GROUP_DATA = "Data:";
const GROUP_OUTPUT = "Output:";

export function modelOptions(y: Argv, { positional = false } = {}): Argv {
  const named = positional
    ? y
    : y.option("model", {
        alias: "M",
        type: "string",
        group: GROUP_MODEL,
        describe: "a folder or a hub name (THUDM/glm-roberta-large); the bundled small GLM unless given",
      });
  return named
    .option("revision", {
      type: "string",
      group: GROUP_MODEL,
      describe: "branch, tag or commit of a hub repository",
    })
    .option("offline", {
      type: "boolean",
      default: false,
      group: GROUP_MODEL,
      describe: "use only what the hub's cache holds",
    })
    .option("protocol", {
      choices: ["glm", "glm-hf"] as const,
      default: "glm" as const,
      group: GROUP_SCORING,
      describe: "published conventions: the original repository's, or the hub code's",
    })
    .option("gelu", {
      choices: ["erf", "tanh"] as const,
      group: GROUP_SCORING,
      describe: "activation; config.json's, else tanh (glm) or erf (glm-hf)",
    })
    .option("mask-token", {
      type: "string",
      group: GROUP_SCORING,
      describe: "the blank's token, or its id",
    })
    .option("eos-token", {
      type: "string",
      group: GROUP_SCORING,
      describe: "the token that ends the text",
    })
    .option("max-length", {
      type: "number",
      group: GROUP_SCORING,
      describe: "most tokens of text and answer; the model's limit",
    })
    .option("truncation", {
      choices: ["glm", "longest"] as const,
      group: GROUP_SCORING,
      describe: "what is cut first: the reference's rule, or the longest part; the protocol's",
    })
    .option("threads", {
      type: "number",
      group: GROUP_MODEL,
      describe: "threads of ONNX Runtime; one a core unless given",
    })
    .option("device", {
      type: "string",
      default: "cpu",
      group: GROUP_MODEL,
      describe: "where the model runs: cpu",
    })
    .option("allow-extra-tensors", {
      type: "boolean",
      default: false,
      group: GROUP_MODEL,
      describe: "leave out tensors that no GLM has instead of refusing them",
    });
}

export function scoringOptions(y: Argv): Argv {
  return y
    .option("end-of-piece", {
      choices: ["auto", "yes", "no"] as const,
      group: GROUP_SCORING,
      describe: "count <|endofpiece|> as an answer's last token; the protocol's",
    })
    .option("normalization", {
      choices: ["auto", "sum", "mean"] as const,
      group: GROUP_SCORING,
      describe: "of an answer's token log-probabilities; the protocol's",
    })
    .option("max-batch-tokens", {
      type: "number",
      default: 1024,
      group: GROUP_MODEL,
      describe: "tokens of a batch",
    })
    .option("batch-size", {
      alias: "b",
      type: "string",
      default: "auto",
      group: GROUP_MODEL,
      describe: "rows of a batch, or auto: by tokens only",
    });
}

export function dataOptions(y: Argv): Argv {
  return y
    .option("data", {
      alias: "d",
      type: "string",
      group: GROUP_DATA,
      describe: "folder with the data sets (BoolQ/val.jsonl, …); the bundled sample unless given",
    })
    .option("split", {
      type: "string",
      default: "validation",
      group: GROUP_DATA,
      describe: "validation, test or train",
    })
    .option("limit", {
      alias: "L",
      type: "number",
      group: GROUP_DATA,
      describe: "at most this many examples of each task",
    })
    .option("patterns", {
      alias: "p",
      type: "string",
      group: GROUP_DATA,
      describe: "pattern ids separated by commas, or all; each task's published default",
    });
}

export function outputOptions(y: Argv): Argv {
  return y
    .option("output", {
      alias: ["o", "output-path"],
      type: "string",
      group: GROUP_OUTPUT,
      describe: "the run's folder; results/<time>-<model> unless given",
    })
    .option("published", {
      type: "string",
      default: "bert-large,t5-large",
      group: GROUP_OUTPUT,
      describe: "published rows to show beside, separated by commas; none",
    })
    .option("json", {
      type: "boolean",
      default: false,
      group: GROUP_OUTPUT,
      describe: "print results.json instead of the table",
    })
    .option("log-samples", { type: "boolean", hidden: true, describe: "samples are always written" });
}
