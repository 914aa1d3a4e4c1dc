import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { GlmEvalError } from "../../errors.js";
import { expandPath, isHubName } from "../../fetch/hub/index.js";
import { nearFiles } from "../../hints.js";
import { KNOWN_MODELS, suggestModel } from "./known-models.js";

const HUB_NAME_HINT = `A model on the hub is named OWNER/NAME, for example ${KNOWN_MODELS[0]!.name}.`;

/**
 * The absolute path of the folder that `name` denotes, or undefined where `name` is a hub name.
 * A folder that exists always wins over a hub name of the same spelling.
 * @throws GlmEvalError (model) where it is neither
 */
export async function localFolder(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (name.trim() === "")
    throw new GlmEvalError("model-not-found", "no model is named", { hint: HUB_NAME_HINT });
  const path = resolve(expandPath(name, env));
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return path;
  if (found !== undefined) {
    throw new GlmEvalError("model-not-found", `${name} is a file; a model is a folder of files`, {
      hint: `Name the folder that holds it: ${dirname(path)}`,
    });
  }
  if (looksLikePath(name)) throw noSuchFolder(name, path);
  if (!isHubName(name)) throw notAName(name);
  return undefined;
}

function looksLikePath(name: string): boolean {
  return /^[./~]|^[a-z]:|\\|\/$/i.test(name) && !isUrl(name);
}

function isUrl(name: string): boolean {
  return /^https?:\/\//.test(name);
}

function notAName(name: string): GlmEvalError {
  const fromUrl = /^https?:\/\/[^/]+\/([^/]+\/[^/?#]+)/.exec(name)?.[1];
  const meant = fromUrl ?? suggestModel(name);
  return new GlmEvalError("model-not-found", `"${name}" is neither a folder that exists nor a hub name`, {
    hint: (meant === undefined ? "" : `Did you mean ${meant}? `) + HUB_NAME_HINT,
  });
}

function noSuchFolder(name: string, path: string): GlmEvalError {
  const near = nearFiles(path, []);
  return new GlmEvalError("model-not-found", `no such folder: ${name}${path === name ? "" : ` (${path})`}`, {
    hint: near === undefined ? HUB_NAME_HINT : `${near} ${HUB_NAME_HINT}`,
  });
}
