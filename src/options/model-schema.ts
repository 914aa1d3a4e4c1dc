import { z } from "zod";
import { conventionOptions } from "./conventions-schema.js";
import { flag, option, text, wholeNumber } from "./option.js";

const GLM_DTYPES = ["fp32", "fp16", "int8", "q8", "q4"] as const;
const group = "Model";

/** Which model is asked. */
export const model = option(text.optional(), {
  help: "a folder or a hub name (THUDM/glm-roberta-large); the bundled small GLM unless given",
  alias: ["M"],
  group,
  placeholder: "MODEL",
  examples: ["./glm-large", "THUDM/glm-roberta-large"],
});

export const baseline = option(z.array(text).optional(), {
  help:
    "a model to compare with, asked the very same questions, or a finished run's folder with its answers; may be given " +
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
  offline: flag({ help: "use only what the caches hold: no download of models or data", group }),
});

/** How a model reads a text: all that can change which tokens it is asked. */
export const readerOptions = checkpointOptions.extend({
  family: option(z.enum(["infill", "masked", "seq2seq", "causal"]).optional(), {
    help: "how the model reads a blank; config.json says unless given",
    group,
  }),
  protocol: conventionOptions.shape.protocol,
  maxLength: option(wholeNumber(1).optional(), {
    help: "most tokens of text and answer; the model's limit",
    group: "Scoring",
    placeholder: "N",
    examples: ["256"],
  }),
  truncation: conventionOptions.shape.truncation,
  decoding: option(z.enum(["default", "ltr", "parallel", "pll", "pll-word"]).optional(), {
    help: "masked models: how an answer of several tokens is scored; default: PET's order",
    group: "Scoring",
  }),
  maskToken: option(z.union([text, wholeNumber(0)]).optional(), {
    help: "the blank's token, or its id",
    group: "Scoring",
    placeholder: "TOKEN",
    examples: ["[MASK]", "50003"],
  }),
  eosToken: option(text.optional(), {
    help: "the token that ends the text",
    group: "Scoring",
    placeholder: "TOKEN",
    examples: ["</s>"],
  }),
});

export const allowExtraTensors = flag({
  help: "leave out tensors that no GLM has instead of refusing them",
  group,
});

/** How a model is loaded and computed. */
export const modelOptions = readerOptions.extend({
  allowExtraTensors,
  dtype: option(z.enum(["fp32", "fp16", "q8", "int8", "uint8", "q4", "q4f16", "bnb4"]).optional(), {
    help:
      `number format of the weights; fp32 unless given. A GLM is converted to it (${GLM_DTYPES.join(", ")}), of an ` +
      "export the file in it is read",
    group,
  }),
  gelu: option(z.enum(["erf", "tanh"]).optional(), {
    help: "activation; config.json's, else tanh (glm) or erf (glm-hf)",
    group: "Scoring",
  }),
  threads: option(wholeNumber(1).optional(), {
    help: "threads of ONNX Runtime, for each cpu of --devices; one a core unless given",
    group,
    placeholder: "N",
    examples: ["4"],
  }),
  mmap: option(z.enum(["auto", "yes", "no"]).optional(), {
    help: "leave the weights in their file, to be read as needed; auto: where they would not fit",
    group,
  }),
  device: option(text.optional(), {
    help: "where the model runs: cpu, cuda, cuda:1, webgpu, or auto: the best that is right; cpu unless given",
    group,
    placeholder: "DEVICE",
    examples: ["cuda:1", "auto"],
  }),
  // Not `names`: cpu may be named several times.
  devices: option(z.array(z.string()).min(1).optional(), {
    help:
      "several of them at once, separated by commas: cuda:0,cuda:1; auto: all GPUs of the best kind. Several cpu divide " +
      "its cores evenly",
    group,
    placeholder: "DEVICES",
    expected: "devices separated by commas",
    examples: ["cuda:0,cuda:1", "auto"],
  }),
  maxBatchTokens: option(wholeNumber(1).optional(), {
    help: "tokens of a batch; 512 on the CPU, on a GPU the fastest",
    group,
    placeholder: "N",
    examples: ["1024"],
  }),
});

export const batchSize = option(z.union([z.literal("auto"), wholeNumber(1)]).optional(), {
  help: "rows of a batch; or auto: as many tokens as is fastest, found out at the start",
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
