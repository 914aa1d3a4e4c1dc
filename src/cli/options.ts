import type { Argv, Options } from "yargs";
import type { GlmDtype } from "../models/glm/index.js";
import type { Mmap } from "../models/onnx/index.js";
import type { Decoding, Dtype, Family } from "../scoring/index.js";
import { choice, count, flag, text } from "./option-kinds.js";
import { wholeNumber } from "./usage.js";

// Types only are imported: what a flag may be must be known without loading ONNX Runtime.
const FAMILIES: readonly Family[] = ["infill", "masked", "seq2seq", "causal"];
const DTYPES: readonly Dtype[] = ["fp32", "fp16", "q8", "int8", "uint8", "q4", "q4f16", "bnb4"];
export const GLM_DTYPES: readonly GlmDtype[] = ["fp32", "fp16", "int8", "q8", "q4"];
const MMAPS: readonly Mmap[] = ["auto", "yes", "no"];
const DECODINGS: readonly Decoding[] = ["default", "ltr", "parallel", "pll", "pll-word"];

const GROUP_MODEL = "Model:";
const GROUP_SCORING = "Scoring (each is recorded with the run):";
const GROUP_DATA = "Data:";
const GROUP_OUTPUT = "Output:";

export function checkpointOptions(y: Argv): Argv {
  const group = GROUP_MODEL;
  return y
    .option("revision", text("branch, tag or commit of a hub repository", { group }))
    .option("offline", flag("use only what the caches hold: no download of models or data", { group }));
}

export function protocolOption(y: Argv): Argv {
  return y.option(
    "protocol",
    choice(["glm", "glm-hf"], "published conventions: the original repository's, or the hub code's", {
      default: "glm",
      group: GROUP_SCORING,
    }),
  );
}

export function extraTensorsOption(y: Argv): Argv {
  return y.option(
    "allow-extra-tensors",
    flag("leave out tensors that no GLM has instead of refusing them", { group: GROUP_MODEL }),
  );
}

export function readingOptions(y: Argv, modelDescription: string): Argv {
  const model = { group: GROUP_MODEL };
  const scoring = { group: GROUP_SCORING };
  const named = y.option("model", text(modelDescription, { alias: "M", group: GROUP_MODEL }));
  return protocolOption(checkpointOptions(named))
    .option("max-length", count("--max-length", "most tokens of text and answer; the model's limit", scoring))
    .option(
      "truncation",
      choice(
        ["glm", "longest"],
        "what is cut first: the reference's rule, or the longest part; the protocol's",
        scoring,
      ),
    )
    .option("family", choice(FAMILIES, "how the model reads a blank; config.json says unless given", model))
    .option(
      "decoding",
      choice(
        DECODINGS,
        "masked models: how an answer of several tokens is scored; default: PET's order",
        scoring,
      ),
    )
    .option("mask-token", text("the blank's token, or its id", scoring))
    .option("eos-token", text("the token that ends the text", scoring));
}

export function baselineOption(y: Argv): Argv {
  return y.option("baseline", {
    type: "string",
    array: true,
    nargs: 1,
    describe: "a model to compare with, asked the very same questions; may be given several times",
    group: GROUP_MODEL,
  });
}

export function modelOptions(y: Argv): Argv {
  const model = { group: GROUP_MODEL };
  const scoring = { group: GROUP_SCORING };
  const named = "a folder or a hub name (THUDM/glm-roberta-large); the bundled small GLM unless given";
  return extraTensorsOption(readingOptions(y, named))
    .option(
      "dtype",
      choice(
        DTYPES,
        `number format of the weights; fp32 unless given. A GLM is converted to it (${GLM_DTYPES.join(", ")}), of an ` +
          "export the file in it is read",
        model,
      ),
    )
    .option(
      "threads",
      count(
        "--threads",
        "threads of ONNX Runtime, for each cpu of --devices; one a core unless given",
        model,
      ),
    )
    .option(
      "mmap",
      choice(
        MMAPS,
        "leave the weights in their file, to be read as needed; auto: where they would not fit",
        model,
      ),
    )
    .option(
      "device",
      text(
        "where the model runs: cpu, cuda, cuda:1, webgpu, or auto: the best that is right; cpu unless given",
        model,
      ),
    )
    .option(
      "devices",
      text(
        "several of them at once, separated by commas: cuda:0,cuda:1; auto: all GPUs of the best kind. Several cpu divide " +
          "its cores evenly",
        model,
      ),
    )
    .option(
      "gelu",
      choice(["erf", "tanh"], "activation; config.json's, else tanh (glm) or erf (glm-hf)", scoring),
    );
}

export function scoringOptions(y: Argv): Argv {
  const model = { group: GROUP_MODEL };
  const scoring = { group: GROUP_SCORING };
  return y
    .option(
      "end-of-piece",
      choice(
        ["auto", "yes", "no"],
        "count <|endofpiece|> as an answer's last token; the protocol's",
        scoring,
      ),
    )
    .option(
      "normalization",
      choice(["auto", "sum", "mean"], "of an answer's token log-probabilities; the protocol's", scoring),
    )
    .option(
      "max-batch-tokens",
      count("--max-batch-tokens", "tokens of a batch; 512 on the CPU, on a GPU the fastest", model),
    )
    .option("batch-size", {
      alias: "b",
      requiresArg: true,
      coerce: (value: unknown) => (value === "auto" ? value : wholeNumber("--batch-size")(value)),
      describe: "rows of a batch; or auto: as many tokens as is fastest, found out at the start",
      ...model,
    });
}

export function cacheOption(y: Argv): Argv {
  return y.option("cache", {
    type: "boolean",
    default: true,
    describe: "ask only what no earlier run asked this model; --no-cache asks everything anew",
    group: GROUP_SCORING,
  });
}

export function dataFolderOption(y: Argv): Argv {
  return y.option(
    "data",
    text("folder with the data sets (BoolQ/val.jsonl, …); the bundled sample unless given", {
      alias: "d",
      group: GROUP_DATA,
    }),
  );
}

/** @param more whether a split is taken unless given */
export function splitOption(y: Argv, more: Options = {}): Argv {
  const splits = ["validation", "test", "train"];
  return y.option("split", choice(splits, "part of the data", { group: GROUP_DATA, ...more }));
}

export function splitOptions(y: Argv, more: Options = {}): Argv {
  return splitOption(dataFolderOption(y), more).option(
    "limit",
    count("--limit", "at most this many examples of each task", { alias: "L", group: GROUP_DATA }),
  );
}

export function fewshotOptions(y: Argv): Argv {
  const group = GROUP_DATA;
  return y
    .option("num-fewshot", {
      ...count("--num-fewshot", "examples shown before each question", { alias: "f", default: 0, group }),
      coerce: wholeNumber("--num-fewshot", 0),
    })
    .option("fewshot-seed", {
      ...count("--fewshot-seed", "another seed shows other examples", { default: 0, group }),
      coerce: wholeNumber("--fewshot-seed", 0),
    })
    .option("fewshot-balanced", flag("show as many examples of each label as of any other", { group }));
}

export function dataOptions(y: Argv): Argv {
  const group = GROUP_DATA;
  return fewshotOptions(splitOptions(y, { default: "validation" }))
    .option(
      "patterns",
      text("pattern ids separated by commas, or all; each task's published default unless given", {
        alias: "p",
        group,
      }),
    )
    .option(
      "aggregate",
      choice(["auto", "max", "mean", "sum"], "of the scores of a label's words; the task's, else mean", {
        group: GROUP_SCORING,
      }),
    );
}

export function outputOptions(y: Argv): Argv {
  const group = GROUP_OUTPUT;
  return y
    .option(
      "output",
      text("the run's folder, new or empty; results/<time>-<model> unless given", {
        alias: ["o", "output-path"],
        group,
      }),
    )
    .option(
      "resume",
      flag("go on with the stopped run in --output: the same command and --resume", { group }),
    )
    .option(
      "published",
      text("published rows to show beside, separated by commas; none", {
        default: "bert-large,t5-large",
        group,
      }),
    )
    .option("json", flag("print results.json instead of the table", { group }))
    .option("log-samples", { type: "boolean", hidden: true, describe: "samples are always written" });
}
