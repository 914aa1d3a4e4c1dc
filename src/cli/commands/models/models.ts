import { cp, readdir, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../../errors.js";
import { makeFolder } from "../../../fetch/cache/index.js";
import { openCheckpoint } from "../../../models/checkpoint/index.js";
import { isOriginalGlm, readConfigJson } from "../../../models/config/index.js";
import { MODEL_GROUPS } from "../../../models/export/index.js";
import {
  checkTensors,
  countGlmParameters,
  DATA_FILE,
  ensureConverted,
  type GlmConfig,
  listGlmTensors,
  MANIFEST,
  readConfig,
  writeGraph,
} from "../../../models/glm/index.js";
import { KNOWN_MODELS } from "../../../models/sources/index.js";
import { loadTokenizer } from "../../../models/tokenizers/index.js";
import type { ConvertOptions, InspectOptions, PrintingOptions } from "../../../options/index.js";
import { fitted, plainTable, terminalWidth } from "../../terminal/plain-table.js";
import { createProgress } from "../../terminal/progress.js";
import { inspectExport, printFacts } from "./inspect-export.js";
import { resolveFor } from "./resolve.js";

/** `glm-eval models list` */
export function list(argv: PrintingOptions): void {
  if (argv.json) {
    process.stdout.write(
      `${JSON.stringify({ checkpoints: KNOWN_MODELS, exports: MODEL_GROUPS }, null, 2)}\n`,
    );
    return;
  }
  const head = ["name", "parameters", "layers × hidden", "download", "tokenizer", "language"];
  const rows = KNOWN_MODELS.map(({ name, millions, layers, hidden, bytes, tokenizer, language }) => [
    name,
    `${Math.round(millions).toLocaleString("en-US")} M`,
    `${layers} × ${hidden}`,
    bytes === undefined ? "?" : `${(bytes / 1e9).toFixed(1)} GB`,
    tokenizer,
    language,
  ]);
  const groups = MODEL_GROUPS.map(
    ({ family, types, reads }) => `${fitted(`${family}: ${types.join(", ")}`)}\n${fitted(reads, "    ")}\n`,
  );
  process.stdout.write(
    `${fitted("GLM checkpoints known by name (infill: the blank is written after the text, all of which is seen)")}\n\n` +
      `${plainTable(head, rows, ["parameters", "layers × hidden", "download"], {
        width: terminalWidth(),
        optional: ["layers × hidden", "tokenizer"],
      })}\n` +
      `${fitted("Any other folder or hub repository of the same architecture works too.")}\n\n` +
      `${fitted("ONNX exports, by the model_type of config.json, and how each reads a blank")}\n\n` +
      `${groups.join("")}\n` +
      `${fitted(
        "A folder or a hub repository with onnx/ in it: onnx-community/…, Xenova/…, or made with " +
          "`optimum-cli export onnx --model NAME FOLDER`. --family reads another model_type as one of these.",
      )}\n`,
  );
}

/** `glm-eval models inspect`: reads headers and tokenizer files, no weights. */
export async function inspect(argv: InspectOptions): Promise<void> {
  const progress = createProgress();
  const folder = await resolveFor(argv, progress);
  if (!isOriginalGlm(await readConfigJson(folder))) return inspectExport(folder, argv);
  const config = await readConfig(folder);
  const weights = (await isConverted(folder))
    ? await convertedFacts(folder, config)
    : await weightFacts(folder, config);
  const tokenizer = await loadTokenizer(folder, { protocol: argv.protocol, vocabSize: config.vocabSize });
  const facts = {
    folder,
    architecture: "GLM (autoregressive blank infilling)",
    layers: config.layers,
    hidden: config.hidden,
    heads: config.heads,
    vocabulary: config.vocabSize,
    positions: config.maxLength,
    parameters: countGlmParameters(config),
    ...weights.facts,
    gelu: config.gelu ?? "not stated (tanh for --protocol glm, erf for glm-hf)",
    tokenizer: tokenizer.family,
    special: Object.fromEntries(
      Object.entries(tokenizer.special).map(([name, id]) => [name, `${tokenizer.token(id as number)} ${id}`]),
    ),
    problem: weights.problem?.message ?? null,
  };
  printFacts(facts, argv);
  if (weights.problem) throw weights.problem;
}

interface WeightFacts {
  readonly facts: Record<string, unknown>;
  readonly problem?: GlmEvalError | undefined;
}

async function weightFacts(folder: string, config: GlmConfig): Promise<WeightFacts> {
  const checkpoint = await openCheckpoint(folder);
  try {
    const types = [...new Set([...checkpoint.tensors.values()].map(({ type }) => type))];
    const facts = {
      weights: checkpoint.format,
      files: await Promise.all(checkpoint.files.map(describeFile)),
      stored: types,
      tensors: `${checkpoint.tensors.size} found, ${listGlmTensors(config).size} expected`,
    };
    return { facts, problem: problemOf(() => checkTensors(checkpoint, config)) };
  } finally {
    await checkpoint.close();
  }
}

async function convertedFacts(folder: string, config: GlmConfig): Promise<WeightFacts> {
  const { dtype } = await ensureConverted(folder, config);
  const facts = {
    weights: "converted by glm-eval",
    files: [await describeFile(path.join(folder, DATA_FILE))],
    dtype,
  };
  return { facts };
}

async function isConverted(folder: string): Promise<boolean> {
  return (await readdir(folder)).includes(MANIFEST);
}

async function describeFile(file: string): Promise<string> {
  return `${path.basename(file)} (${((await stat(file)).size / 1e6).toFixed(1)} MB)`;
}

/** `glm-eval models convert`: the ONNX folder, with what is needed to use it as a model. */
export async function convertModel(argv: ConvertOptions): Promise<void> {
  const progress = createProgress();
  const folder = await resolveFor(argv, progress);
  if (!isOriginalGlm(await readConfigJson(folder)))
    throw new GlmEvalError("nothing-to-convert", `${argv.model} is no GLM checkpoint: nothing is converted`, {
      hint: "ONNX exports of other models are used as they are: --model takes the folder or the hub name.",
    });
  const config = await readConfig(folder);
  if (await isConverted(folder))
    throw new GlmEvalError("nothing-to-convert", `${argv.model} is a converted folder already`, {
      hint: `--model ${argv.model} takes it as it is.`,
    });
  const output = path.resolve(argv.output);
  const held = await claim(output, argv.output);
  const { converted } = await ensureConverted(folder, config, {
    output,
    dtype: argv.dtype,
    allowExtraTensors: argv.allowExtraTensors,
    onProgress: (stage, p) => {
      if (stage === "convert" && held !== undefined) throw notEmpty(argv.output, held);
      if (p) progress.update(`converting ${argv.model}`, p.done, p.total, "bytes");
      else progress.say(`reading ${argv.model} for its hash …`);
    },
  });
  for (const gelu of ["tanh", "erf"] as const) await writeGraph(output, config, { gelu, dtype: argv.dtype });
  for (const file of await readdir(folder))
    if (
      /^(config|added_tokens|tokenizer_config|special_tokens_map|vocab)\.json$|^vocab\.txt$|^merges\.txt$|\.model$/.test(
        file,
      )
    )
      await cp(path.join(folder, file), path.join(output, file), { dereference: true });
  progress.end();
  if (!converted) progress.say(`${argv.output} holds this model already: nothing was converted`);
  process.stdout.write(`${output}\n`);
}

/** Sees that a folder can be written, and returns a name that it holds, where that may be an earlier conversion. */
async function claim(folder: string, asGiven: string): Promise<string | undefined> {
  try {
    const made = await makeFolder(folder);
    const names = await readdir(folder);
    // The conversion makes the folder whole, or not at all.
    if (made.includes(folder)) await rmdir(folder);
    if (names.length === 0) return undefined;
    if (!names.includes(MANIFEST)) throw notEmpty(asGiven, names[0]!);
    return MANIFEST;
  } catch (error) {
    if (error instanceof GlmEvalError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const isFile = code === "ENOTDIR" || code === "EEXIST";
    const why = isFile ? "there is a file in its place" : message;
    throw new GlmEvalError("output-not-writable", `--output ${asGiven} cannot be written: ${why}`, {
      hint: "Name a folder that does not exist yet.",
      cause: error,
    });
  }
}

function notEmpty(folder: string, held: string): GlmEvalError {
  const what =
    held === MANIFEST ? "the conversion of another model, to another dtype or by another version" : held;
  return new GlmEvalError("output-not-empty", `--output ${folder} is not empty: it holds ${what}`, {
    hint: "Name a folder that does not exist yet.",
  });
}

function problemOf(check: () => void): GlmEvalError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof GlmEvalError) return error;
    throw error;
  }
}
