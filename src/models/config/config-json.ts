import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";

/**
 * Reads a model folder's config.json without changing anything in it.
 * @throws GlmEvalError (model) if there is none, GlmEvalError (data) if it is not a JSON object
 */
export async function readConfigJson(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const file = path.join(folder, "config.json");
  const json = await readOptionalJson(file);
  if (json === undefined) {
    const isFolder = await stat(folder).then(
      (s) => s.isDirectory(),
      () => false,
    );
    throw new GlmEvalError(
      "model-incomplete",
      isFolder ? `${folder} has no config.json` : `${folder} is not a readable folder`,
      {
        hint: "A model folder contains config.json, the weights (or onnx/) and the tokenizer's files, as on the hub.",
      },
    );
  }
  return Object.assign({}, json);
}

/** @returns undefined if the file does not exist @throws GlmEvalError (data) if it is not JSON */
export async function readOptionalJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GlmEvalError("bad-config", `${file} is not JSON: ${(error as Error).message}`, {
      hint: "The file is damaged or incomplete: download or copy it again.",
    });
  }
}

/**
 * Whether a config belongs to an original GLM (blank infilling). GLM-4, a causal decoder, reuses the model_type but has
 * fields that no original GLM has.
 */
export function isOriginalGlm(config: Readonly<Record<string, unknown>>): boolean {
  const glm4Fields = ["num_key_value_heads", "intermediate_size", "head_dim"];
  return config.model_type === "glm" && !glm4Fields.some((field) => field in config);
}
