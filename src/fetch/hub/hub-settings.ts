import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { GlmEvalError } from "../../errors.js";

/** The hub's address, cache folder and access token, from the same environment variables as Python's huggingface_hub. */
export interface HubSettings {
  /** base URL without a trailing slash */
  readonly endpoint: string;
  /** absolute path of the cache folder; it has one folder per repository, "models--OWNER--NAME" or "datasets--OWNER--NAME" */
  readonly cache: string;
  readonly token: { readonly value: string; readonly source: string } | undefined;
  /** use only the cache, no network */
  readonly offline: boolean;
  /** environment variable that sets a proxy, which Node's fetch does not use by default */
  readonly proxy: string | undefined;
}

export async function hubSettings(env: NodeJS.ProcessEnv): Promise<HubSettings> {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(homeFolder(env), ".cache"), "huggingface");
  const cache = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, "hub");
  return {
    endpoint: endpoint(env),
    cache: resolve(expandPath(cache, env)),
    token: await token(env, resolve(expandPath(env.HF_TOKEN_PATH || join(home, "token"), env))),
    offline: isTrue(env.HF_HUB_OFFLINE) || isTrue(env.TRANSFORMERS_OFFLINE),
    proxy: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].find((name) => env[name]),
  };
}

/** Replaces "~" and "$NAME", as Python's expanduser and expandvars do. */
export function expandPath(path: string, env: NodeJS.ProcessEnv): string {
  return path
    .replace(/^~(?=$|[\\/])/, () => homeFolder(env))
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (text, plain, braced) => env[plain ?? braced] ?? text);
}

function homeFolder(env: NodeJS.ProcessEnv): string {
  return env.HOME || env.USERPROFILE || homedir();
}

function isTrue(value: string | undefined): boolean {
  return ["1", "ON", "YES", "TRUE"].includes((value ?? "").toUpperCase());
}

function endpoint(env: NodeJS.ProcessEnv): string {
  const value = env.HF_ENDPOINT?.trim() || "https://huggingface.co";
  if (!/^https?:$/.test(URL.canParse(value) ? new URL(value).protocol : "")) {
    throw new GlmEvalError("bad-hub-setting", `HF_ENDPOINT is "${value}", which is not an http(s) URL`, {
      hint: "Unset HF_ENDPOINT, or set it to the URL of a hub mirror, such as https://hub.example.org.",
    });
  }
  return value.replace(/\/+$/, "");
}

async function token(env: NodeJS.ProcessEnv, file: string): Promise<HubSettings["token"]> {
  const variable = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"].find((name) => env[name]?.trim());
  const source = variable ?? file;
  const text = variable === undefined ? await readFile(file, "utf8").catch(() => "") : env[variable]!;
  const value = text.trim();
  if (value === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new GlmEvalError(
      "bad-hub-setting",
      `the hub token in ${source} has characters that are not valid in a token`,
      {
        hint: "Copy the token from the hub's settings again, without spaces or typographic quotes.",
      },
    );
  }
  return { value, source };
}
