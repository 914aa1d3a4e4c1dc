import { z } from "zod";
import { conventionOptions } from "./conventions-schema.js";
import { flag, option, text, wholeNumber } from "./option.js";

const GLM_DTYPES = ["fp32", "fp16", "int8", "q8", "q4"] as const;
const group = "Model";

/** The model to evaluate. */
export const model = option(text.optional(), {
  help: "model folder or hub name (THUDM/glm-roberta-large); default: the bundled small GLM",
  alias: ["M"],
  group,
  placeholder: "MODEL",
  examples: ["./glm-large", "THUDM/glm-roberta-large"],
});

export const baseline = option(z.array(text).optional(), {
  help:
    "model to compare with on the same questions, or the folder of a finished run with its scores; can be given " +
    "several times",
  group,
  placeholder: "MODEL",
  repeated: true,
  examples: ["onnx-community/bert-base-uncased-ONNX", "results/mine"],
});

/** Which files of a model are read, and from where. */
export const checkpointOptions = z.object({
  revision: option(text.optional(), {
    help: "branch, tag or commit of a hub repository",
    group,
    placeholder: "NAME",
    examples: ["main"],
  }),
  offline: flag({ help: "use only cached files: do not download models or data", group }),
});

/** How a model reads a text: everything that can change its input tokens. */
export const readerOptions = checkpointOptions.extend({
  family: option(z.enum(["infill", "masked", "seq2seq", "causal"]).optional(), {
    help: "how the model fills a blank; default: from config.json",
    group,
  }),
  protocol: conventionOptions.shape.protocol,
  maxLength: option(wholeNumber(1).optional(), {
    help: "maximum number of tokens of text and answer; default: the model's limit",
    group: "Scoring",
    placeholder: "N",
    examples: ["256"],
  }),
  truncation: conventionOptions.shape.truncation,
  decoding: option(z.enum(["default", "ltr", "parallel", "pll", "pll-word"]).optional(), {
    help: "masked models: how multi-token answers are scored; default: in PET's order",
    group: "Scoring",
  }),
  maskToken: option(z.union([text, wholeNumber(0)]).optional(), {
    help: "mask token for the blank, or its id",
    group: "Scoring",
    placeholder: "TOKEN",
    examples: ["[MASK]", "50003"],
  }),
  eosToken: option(text.optional(), {
    help: "end-of-text token",
    group: "Scoring",
    placeholder: "TOKEN",
    examples: ["</s>"],
  }),
});

export const allowExtraTensors = flag({
  help: "ignore tensors that are not part of a GLM instead of rejecting them",
  group,
});

/** How a model is loaded and run. */
export const modelOptions = readerOptions.extend({
  allowExtraTensors,
  dtype: option(z.enum(["fp32", "fp16", "q8", "int8", "uint8", "q4", "q4f16", "bnb4"]).optional(), {
    help:
      `number format of the weights; default: fp32. A GLM is converted to it (${GLM_DTYPES.join(", ")}); for an ` +
      "export, the file in that format is read",
    group,
  }),
  gelu: option(z.enum(["erf", "tanh"]).optional(), {
    help: "variant of the GELU activation; default: from config.json, else tanh (glm) or erf (glm-hf)",
    group: "Scoring",
  }),
  threads: option(wholeNumber(1).optional(), {
    help: "ONNX Runtime threads for each cpu in --devices; default: one per core",
    group,
    placeholder: "N",
    examples: ["4"],
  }),
  mmap: option(z.enum(["auto", "yes", "no"]).optional(), {
    help: "memory-map the weights file instead of loading it; auto: only if it does not fit in memory",
    group,
  }),
  device: option(text.optional(), {
    help: "where the model runs: cpu, cuda, cuda:1, webgpu, or auto: the best device that computes correctly; default: cpu",
    group,
    placeholder: "DEVICE",
    examples: ["cuda:1", "auto"],
  }),
  // Not `names`: cpu may be listed several times.
  devices: option(z.array(z.string()).min(1).optional(), {
    help:
      "several devices at once, separated by commas: cuda:0,cuda:1; auto: all GPUs of the best kind. Several cpu entries " +
      "share the cores evenly",
    group,
    placeholder: "DEVICES",
    expected: "devices separated by commas",
    examples: ["cuda:0,cuda:1", "auto"],
  }),
  maxBatchTokens: option(wholeNumber(1).optional(), {
    help: "maximum number of tokens per batch; default: 512 on the CPU, the fastest measured on a GPU",
    group,
    placeholder: "N",
    examples: ["1024"],
  }),
});

export const batchSize = option(z.union([z.literal("auto"), wholeNumber(1)]).optional(), {
  help: "rows per batch; or auto: the number of tokens measured as fastest at the start",
  alias: ["b"],
  group,
  placeholder: "N",
  examples: ["8", "auto"],
});

/** The number format that a GLM is converted to. */
export const glmDtype = option(z.enum(GLM_DTYPES).default("fp32"), {
  help: "number format of the weights (docs/precision.md)",
  group,
});

export type CheckpointOptions = z.output<typeof checkpointOptions>;
export type ReaderOptions = z.output<typeof readerOptions>;
export type ModelOptions = z.output<typeof modelOptions>;
