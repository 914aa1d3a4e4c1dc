import { cp, mkdir, readdir, stat } from "node:fs/promises";
import path from "node:path";
import Table from "cli-table3";
import { GlmEvalError } from "../errors.js";
import { openCheckpoint } from "../models/checkpoint/index.js";
import {
  checkTensors,
  ensureConverted,
  glmTensors,
  parameterCount,
  readConfig,
} from "../models/glm/index.js";
import { KNOWN_MODELS, resolveModel } from "../models/hub/index.js";
import { loadTokenizer } from "../models/tokenizers/index.js";
import type { ModelArguments } from "./options.js";
import { createProgress, type Progress } from "./progress.js";

type OneModel = ModelArguments & { model: string };

/** `glm-eval models list` */
export function list(): void {
  const head = ["name", "parameters", "layers × hidden", "download", "tokenizer", "language"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { name, millions, layers, hidden, bytes, tokenizer, language } of KNOWN_MODELS)
    table.push([
      name,
      `${Math.round(millions).toLocaleString("en-US")} M`,
      `${layers} × ${hidden}`,
      bytes === undefined ? "?" : `${(bytes / 1e9).toFixed(1)} GB`,
      tokenizer,
      language,
    ]);
  process.stdout.write(
    `${table.toString()}\nAny other folder or hub repository of the same architecture works too.\n`,
  );
}

/** `glm-eval models inspect`: reads headers and tokenizer files, no weights. */
export async function inspect(argv: OneModel & { json: boolean }): Promise<void> {
  const progress = createProgress();
  const folder = await resolve(argv, progress);
  const config = await readConfig(folder);
  const checkpoint = await openCheckpoint(folder);
  try {
    const tokenizer = await loadTokenizer(folder, { convention: argv.protocol, vocabSize: config.vocabSize });
    const sizes = await Promise.all(checkpoint.files.map(async (file) => (await stat(file)).size));
    const types = [...new Set([...checkpoint.tensors.values()].map(({ type }) => type))];
    const expected = glmTensors(config);
    const problem = problemOf(() => checkTensors(checkpoint, config));
    const facts = {
      folder,
      architecture: "GLM (autoregressive blank infilling)",
      layers: config.layers,
      hidden: config.hidden,
      heads: config.heads,
      vocabulary: config.vocabSize,
      positions: config.maxLength,
      parameters: parameterCount(config),
      weights: checkpoint.format,
      files: checkpoint.files.map(
        (file, k) => `${path.basename(file)} (${((sizes[k] ?? 0) / 1e6).toFixed(1)} MB)`,
      ),
      stored: types,
      tensors: `${checkpoint.tensors.size} found, ${expected.size} expected`,
      gelu: config.gelu ?? "not stated (tanh for --protocol glm, erf for glm-hf)",
      tokenizer: tokenizer.family,
      special: Object.fromEntries(
        Object.entries(tokenizer.special).map(([name, id]) => [
          name,
          `${tokenizer.token(id as number)} ${id}`,
        ]),
      ),
      problem: problem?.message ?? null,
    };
    if (argv.json) process.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
    else
      for (const [name, value] of Object.entries(facts)) {
        if (value === null) continue;
        process.stdout.write(`${name.padEnd(14)}${show(value)}\n`);
      }
    if (problem) throw problem;
  } finally {
    await checkpoint.close();
  }
}

/** `glm-eval models convert`: the ONNX folder, with what is needed to use it as a model. */
export async function convertModel(argv: OneModel & { output: string }): Promise<void> {
  const progress = createProgress();
  const folder = await resolve(argv, progress);
  const output = path.resolve(argv.output);
  const held = await readdir(output).catch(() => []);
  if (held.length > 0)
    throw new GlmEvalError("usage", `${argv.output} is not empty (it holds ${held[0]})`, {
      hint: "--output names a folder that does not exist yet.",
    });
  const config = await readConfig(folder);
  await mkdir(path.dirname(output), { recursive: true });
  await ensureConverted(folder, config, {
    output,
    allowExtraTensors: argv.allowExtraTensors,
    onProgress: (stage, p) => {
      if (p) progress.update(`${stage} ${argv.model}`, p.done, p.total, "bytes");
      else progress.say(`${stage} ${argv.model} …`);
    },
  });
  for (const file of await readdir(folder))
    if (
      /^(config|added_tokens|tokenizer_config|special_tokens_map|vocab)\.json$|^vocab\.txt$|^merges\.txt$|\.model$/.test(
        file,
      )
    )
      await cp(path.join(folder, file), path.join(output, file), { dereference: true });
  progress.end();
  process.stdout.write(`${output}\n`);
}

async function resolve(argv: OneModel, progress: Progress): Promise<string> {
  const { folder } = await resolveModel(argv.model, {
    offline: argv.offline,
    ...(argv.revision !== undefined && { revision: argv.revision }),
    onProgress: (p) => progress.update("downloading", p.receivedTotal, p.sizeTotal, "bytes"),
  });
  progress.end();
  return folder;
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

function show(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "number") return value.toLocaleString("en-US");
  if (typeof value === "object")
    return Object.entries(value as object)
      .map(([name, of]) => `${name} ${of}`)
      .join(", ");
  return String(value);
}
