import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";

/**
 * A model folder's config.json as it stands there.
 * @throws GlmEvalError (model) where there is none, GlmEvalError (data) where it is no JSON object
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
      isFolder ? `${folder} has no config.json` : `${folder} is not a folder that can be read`,
      {
        hint: "A model folder holds config.json, the weights (or onnx/) and the tokenizer's files, as on the hub.",
      },
    );
  }
  return Object.assign({}, json);
}

/** @returns undefined where there is no such file @throws GlmEvalError (data) where it is no JSON */
export async function readOptionalJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GlmEvalError("bad-config", `${file} is not JSON: ${(error as Error).message}`, {
      hint: "The file is damaged or half downloaded: download or copy it again.",
    });
  }
}

/**
 * Whether a config is that of an original GLM (blank infilling). GLM-4, a causal decoder, took over its model_type but
 * has fields that no original GLM has.
 */
export function isOriginalGlm(config: Readonly<Record<string, unknown>>): boolean {
  const ofGlm4 = ["num_key_value_heads", "intermediate_size", "head_dim"];
  return config.model_type === "glm" && !ofGlm4.some((field) => field in config);
}
