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
import { plainTable, terminalWidth, wrapParagraph } from "../../terminal/plain-table.js";
import { createProgress } from "../../terminal/progress.js";
import { inspectExport, printFacts } from "./inspect-export.js";
import { resolveWithProgress } from "./resolve-with-progress.js";

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
    ({ family, types, reads }) =>
      `${wrapParagraph(`${family}: ${types.join(", ")}`)}\n${wrapParagraph(reads, "    ")}\n`,
  );
  process.stdout.write(
    `${wrapParagraph("Known GLM checkpoints (infill: the model generates the blank after reading the entire text)")}\n\n` +
      `${plainTable(head, rows, ["parameters", "layers × hidden", "download"], {
        width: terminalWidth(),
        optional: ["layers × hidden", "tokenizer"],
      })}\n` +
      `${wrapParagraph("Other folders and hub repositories with the same architecture work, too.")}\n\n` +
      `${wrapParagraph("ONNX exports by model_type in config.json, and how each reads a blank")}\n\n` +
      `${groups.join("")}\n` +
      `${wrapParagraph(
        "An export is a folder or hub repository that contains onnx/: onnx-community/…, Xenova/…, or the output of " +
          "`optimum-cli export onnx --model NAME FOLDER`. --family reads another model_type as one of these.",
      )}\n`,
  );
}

/** `glm-eval models inspect`: reads headers and tokenizer files, but no weights. */
export async function inspect(argv: InspectOptions): Promise<void> {
  const progress = createProgress();
  const folder = await resolveWithProgress(argv, progress);
  if (!isOriginalGlm(await readConfigJson(folder))) return inspectExport(folder, argv);
  const config = await readConfig(folder);
  const weights = (await isConverted(folder))
    ? await readConvertedFacts(folder, config)
    : await readWeightFacts(folder, config);
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
    gelu: config.gelu ?? "not specified (tanh with --protocol glm, erf with glm-hf)",
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

async function readWeightFacts(folder: string, config: GlmConfig): Promise<WeightFacts> {
  const checkpoint = await openCheckpoint(folder);
  try {
    const types = [...new Set([...checkpoint.tensors.values()].map(({ type }) => type))];
    const facts = {
      weights: checkpoint.format,
      files: await Promise.all(checkpoint.files.map(describeFile)),
      stored: types,
      tensors: `${checkpoint.tensors.size} found, ${listGlmTensors(config).size} expected`,
    };
    return { facts, problem: catchProblem(() => checkTensors(checkpoint, config)) };
  } finally {
    await checkpoint.close();
  }
}

async function readConvertedFacts(folder: string, config: GlmConfig): Promise<WeightFacts> {
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

/** `glm-eval models convert`: writes the ONNX folder, with all files needed to use it as a model. */
export async function convertModel(argv: ConvertOptions): Promise<void> {
  const progress = createProgress();
  const folder = await resolveWithProgress(argv, progress);
  if (!isOriginalGlm(await readConfigJson(folder)))
    throw new GlmEvalError(
      "nothing-to-convert",
      `${argv.model} is not a GLM checkpoint, so there is nothing to convert`,
      {
        hint: "ONNX exports of other models need no conversion: pass the folder or the hub name as --model.",
      },
    );
  const config = await readConfig(folder);
  if (await isConverted(folder))
    throw new GlmEvalError("nothing-to-convert", `${argv.model} is already a converted folder`, {
      hint: `Use it as it is: --model ${argv.model}`,
    });
  const output = path.resolve(argv.output);
  const existing = await claimFolder(output, argv.output);
  const { converted } = await ensureConverted(folder, config, {
    output,
    dtype: argv.dtype,
    allowExtraTensors: argv.allowExtraTensors,
    onProgress: (stage, p) => {
      if (stage === "convert" && existing !== undefined) throw outputNotEmpty(argv.output, existing);
      if (p) progress.update(`converting ${argv.model}`, p.done, p.total, "bytes");
      else progress.say(`hashing ${argv.model} …`);
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
  if (!converted) progress.say(`${argv.output} already contains this model: nothing was converted`);
  process.stdout.write(`${output}\n`);
}

/** Checks that a folder is writable. Returns the manifest's name if it contains an earlier conversion, undefined if it is empty. */
async function claimFolder(folder: string, asGiven: string): Promise<string | undefined> {
  try {
    const made = await makeFolder(folder);
    const names = await readdir(folder);
    // The conversion creates the folder completely, or not at all.
    if (made.includes(folder)) await rmdir(folder);
    if (names.length === 0) return undefined;
    if (!names.includes(MANIFEST)) throw outputNotEmpty(asGiven, names[0]!);
    return MANIFEST;
  } catch (error) {
    if (error instanceof GlmEvalError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const isFile = code === "ENOTDIR" || code === "EEXIST";
    const why = isFile ? "a file is in its place" : message;
    throw new GlmEvalError("output-not-writable", `--output ${asGiven} cannot be written: ${why}`, {
      hint: "Pass a folder that does not exist yet.",
      cause: error,
    });
  }
}

function outputNotEmpty(folder: string, existing: string): GlmEvalError {
  const what =
    existing === MANIFEST
      ? "a conversion of another model, to another dtype, or by another version"
      : existing;
  return new GlmEvalError("output-not-empty", `--output ${folder} is not empty: it contains ${what}`, {
    hint: "Pass a folder that does not exist yet.",
  });
}

function catchProblem(check: () => void): GlmEvalError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof GlmEvalError) return error;
    throw error;
  }
}
