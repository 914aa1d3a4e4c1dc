import { type ErrorCode, GlmEvalError } from "../../errors.js";
import { isOutOfReach, NetworkError, StatusError } from "../http/index.js";
import { type RepoKind, repoPath } from "./hub-names.js";
import type { HubSettings } from "./hub-settings.js";

export interface HubContext {
  readonly kind: RepoKind;
  readonly name: string;
  readonly revision: string;
  readonly settings: HubSettings;
  /** returns the name that a mistyped one was probably meant to be, for messages */
  readonly suggest: (name: string) => string | undefined;
}

/** Whether the hub or the cache folder is unavailable for now: the cached files are then the better choice. */
export function isUnusable(error: unknown): boolean {
  const readOnly = ["EROFS", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");
  return readOnly || isOutOfReach(error);
}

/** Converts any failure, on the network, the hub or the disk, into the error shown to the user. */
export function toHubError(error: unknown, context: HubContext): unknown {
  if (error instanceof GlmEvalError) return error;
  if (error instanceof StatusError && !error.isTransient) return statusError(error, context);
  if (error instanceof StatusError || error instanceof NetworkError) return unreachableError(error, context);
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined) return diskError(error as Error, code, context);
  if (error instanceof SyntaxError) return notAHub(error, context);
  return error;
}

export function notAHub(cause: unknown, { settings }: Pick<HubContext, "settings">): GlmEvalError {
  return new GlmEvalError("not-a-hub", `${settings.endpoint} does not respond like a model hub`, {
    hint: "Check HF_ENDPOINT, and check that your network does not redirect to a login page.",
    cause,
  });
}

function unreachableError(error: Error, { kind, name, settings }: HubContext): GlmEvalError {
  const proxy =
    settings.proxy === undefined
      ? ""
      : ` Node uses ${settings.proxy} only with NODE_USE_ENV_PROXY=1 (Node 22.21, 24 or newer).`;
  const certificate = error.message.includes("certificate")
    ? " Set NODE_EXTRA_CA_CERTS to your network's certificate."
    : "";
  return new GlmEvalError(
    "hub-unreachable",
    `cannot download ${name} from ${settings.endpoint}: ${error.message}`,
    {
      hint:
        "Try again (downloaded parts are kept), set HF_ENDPOINT to a reachable mirror, or name a folder " +
        `with the ${kind === "model" ? "downloaded model" : "data (--from)"}.${proxy}${certificate}`,
      cause: error,
    },
  );
}

function statusError(
  error: StatusError,
  { kind, name, revision, settings, suggest }: HubContext,
): GlmEvalError {
  const { endpoint, token } = settings;
  const page = `${endpoint}/${repoPath(kind, name)}`;
  const makeError = (code: ErrorCode, message: string, hint: string): GlmEvalError =>
    new GlmEvalError(code, message, { hint, cause: error });

  if (error.code === "RevisionNotFound") {
    return makeError(
      "revision-not-found",
      `${name} has no revision "${revision}" on ${endpoint}`,
      `See ${page}/tree/main for its branches and tags; the default revision is "main".`,
    );
  }
  if (error.code === "GatedRepo" || error.status === 403) {
    const account = token ? `the account of the token in ${token.source}` : "your account";
    return makeError(
      kind === "model" ? "model-gated" : "dataset-gated",
      `${name} is gated: its owner must grant access first`,
      `Request access at ${page} with ${account}${token ? "" : ", then set HF_TOKEN to a token of that account"}.`,
    );
  }
  if (error.code === "EntryNotFound") {
    return makeError(
      "hub-file-not-found",
      `${name} lists a file that ${endpoint} does not have: ${error.url}`,
      "The repository may be changing right now: try again.",
    );
  }
  if (error.status === 401 || error.status === 404) {
    const meant = suggest(name);
    const why =
      token === undefined
        ? "or it is private and requires a token (HF_TOKEN)"
        : `or the token in ${token.source} is not valid for it`;
    return makeError(
      kind === "model" ? "model-not-found" : "dataset-not-found",
      `${endpoint} has no ${kind} ${name}${revision === "main" ? "" : ` with revision "${revision}"`}, ${why}`,
      `${meant === undefined ? "" : `Did you mean ${meant}? `}Check the name at ${page}; for a private ${kind}, set HF_TOKEN to a valid token.`,
    );
  }
  return makeError(
    "hub-refused",
    `${error.message} to ${error.url}`,
    `Check HF_ENDPOINT, and check that ${page} opens in a browser.`,
  );
}

function diskError(error: Error, code: string, { kind, name, settings }: HubContext): GlmEvalError {
  const isModel = kind === "model";
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new GlmEvalError(
      isModel ? "model-cache-full" : "download-not-kept",
      `no space left for ${name} in ${settings.cache}`,
      {
        hint: "Free some space and rerun (downloaded parts are kept), or set HF_HUB_CACHE to a folder on another disk.",
        cause: error,
      },
    );
  }
  return new GlmEvalError(
    isModel ? "model-cache-not-writable" : "download-not-kept",
    `cannot write to the cache folder ${settings.cache}: ${error.message}`,
    {
      hint: "Set HF_HUB_CACHE (or HF_HOME) to a writable folder.",
      cause: error,
    },
  );
}
