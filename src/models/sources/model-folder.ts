import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { GlmEvalError } from "../../errors.js";
import { expandPath, isHubName } from "../../fetch/hub/index.js";
import { nearFiles } from "../../hints.js";
import { KNOWN_MODELS, suggestModel } from "./known-models.js";

const HUB_NAME_HINT = `A model on the hub is named OWNER/NAME, for example ${KNOWN_MODELS[0]!.name}.`;

/**
 * Returns the absolute path of the folder that `name` refers to, or undefined if `name` is a hub name. An existing
 * folder always takes precedence over a hub name with the same spelling.
 * @throws GlmEvalError (model) if it is neither
 */
export async function findLocalFolder(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (name.trim() === "")
    throw new GlmEvalError("model-not-found", "the model's name is empty", { hint: HUB_NAME_HINT });
  const path = resolve(expandPath(name, env));
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return path;
  if (found !== undefined) {
    throw new GlmEvalError("model-not-found", `${name} is a file; a model is a folder of files`, {
      hint: `Pass the folder that contains it: ${dirname(path)}`,
    });
  }
  if (looksLikePath(name)) throw noSuchFolder(name, path);
  if (!isHubName(name)) throw notAModelName(name);
  return undefined;
}

function looksLikePath(name: string): boolean {
  return /^[./~]|^[a-z]:|\\|\/$/i.test(name) && !isUrl(name);
}

function isUrl(name: string): boolean {
  return /^https?:\/\//.test(name);
}

function notAModelName(name: string): GlmEvalError {
  const fromUrl = /^https?:\/\/[^/]+\/([^/]+\/[^/?#]+)/.exec(name)?.[1];
  const meant = fromUrl ?? suggestModel(name);
  return new GlmEvalError("model-not-found", `"${name}" is neither an existing folder nor a hub name`, {
    hint: (meant === undefined ? "" : `Did you mean ${meant}? `) + HUB_NAME_HINT,
  });
}

function noSuchFolder(name: string, path: string): GlmEvalError {
  const near = nearFiles(path, []);
  return new GlmEvalError("model-not-found", `no such folder: ${name}${path === name ? "" : ` (${path})`}`, {
    hint: near === undefined ? HUB_NAME_HINT : `${near} ${HUB_NAME_HINT}`,
  });
}
