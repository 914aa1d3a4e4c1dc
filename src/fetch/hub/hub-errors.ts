import { type ErrorCode, GlmEvalError } from "../../errors.js";
import { isOutOfReach, NetworkError, StatusError } from "../http/index.js";
import { type RepoKind, repoPath } from "./hub-names.js";
import type { HubSettings } from "./hub-settings.js";

export interface HubContext {
  readonly kind: RepoKind;
  readonly name: string;
  readonly revision: string;
  readonly settings: HubSettings;
  /** the name that a mistyped one was probably meant to be, for messages */
  readonly suggest: (name: string) => string | undefined;
}

/** True where the hub or the cache folder cannot be used just now: what lies in the cache is the better answer then. */
export function isUnusable(error: unknown): boolean {
  const readOnly = ["EROFS", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");
  return readOnly || isOutOfReach(error);
}

/** The one error that the user sees for whatever went wrong between here, the hub and the disk. */
export function explain(error: unknown, context: HubContext): unknown {
  if (error instanceof GlmEvalError) return error;
  if (error instanceof StatusError && !error.passing) return explainStatus(error, context);
  if (error instanceof StatusError || error instanceof NetworkError) return outOfReach(error, context);
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined) return explainDisk(error as Error, code, context);
  if (error instanceof SyntaxError) return notAHub(error, context);
  return error;
}

export function notAHub(cause: unknown, { settings }: Pick<HubContext, "settings">): GlmEvalError {
  return new GlmEvalError("not-a-hub", `${settings.endpoint} does not answer as a model hub does`, {
    hint: "Check HF_ENDPOINT, and that no login page of your network stands between.",
    cause,
  });
}

function outOfReach(error: Error, { kind, name, settings }: HubContext): GlmEvalError {
  const proxy =
    settings.proxy === undefined
      ? ""
      : ` Node uses ${settings.proxy} only with NODE_USE_ENV_PROXY=1 (Node 22.21, 24 or newer).`;
  const certificate = error.message.includes("certificate")
    ? " Name your network's certificate in NODE_EXTRA_CA_CERTS."
    : "";
  return new GlmEvalError(
    "hub-unreachable",
    `cannot get ${name} from ${settings.endpoint}: ${error.message}`,
    {
      hint:
        "Try again (what is downloaded is kept), set HF_ENDPOINT to a mirror that you can reach, or name a folder " +
        `that holds the ${kind === "model" ? "downloaded model" : "data (--from)"}.${proxy}${certificate}`,
      cause: error,
    },
  );
}

function explainStatus(
  error: StatusError,
  { kind, name, revision, settings, suggest }: HubContext,
): GlmEvalError {
  const { endpoint, token } = settings;
  const page = `${endpoint}/${repoPath(kind, name)}`;
  const said = (code: ErrorCode, message: string, hint: string): GlmEvalError =>
    new GlmEvalError(code, message, { hint, cause: error });

  if (error.code === "RevisionNotFound") {
    return said(
      "revision-not-found",
      `${name} has no revision "${revision}" on ${endpoint}`,
      `See ${page}/tree/main for its branches and tags; without a revision "main" is used.`,
    );
  }
  if (error.code === "GatedRepo" || error.status === 403) {
    const sent = token ? `the account of the token in ${token.source}` : "your account";
    return said(
      kind === "model" ? "model-gated" : "dataset-gated",
      `${name} is gated: its owner must grant access first`,
      `Ask for access at ${page} with ${sent}${token ? "" : ", then set HF_TOKEN to a token of it"}.`,
    );
  }
  if (error.code === "EntryNotFound") {
    return said(
      "hub-file-not-found",
      `${name} lists a file that ${endpoint} does not have: ${error.url}`,
      "The repository may just be changing: try again.",
    );
  }
  if (error.status === 401 || error.status === 404) {
    const meant = suggest(name);
    const why =
      token === undefined
        ? "or it is private and needs a token (HF_TOKEN)"
        : `or the token in ${token.source} is not valid for it`;
    return said(
      kind === "model" ? "model-not-found" : "dataset-not-found",
      `${endpoint} has no ${kind} ${name}${revision === "main" ? "" : ` with revision "${revision}"`}, ${why}`,
      `${meant === undefined ? "" : `Did you mean ${meant}? `}Check the name at ${page}; for a private ${kind} set HF_TOKEN to a valid token.`,
    );
  }
  return said(
    "hub-refused",
    `${error.message} to ${error.url}`,
    `Check that ${page} can be opened, and HF_ENDPOINT.`,
  );
}

function explainDisk(error: Error, code: string, { kind, name, settings }: HubContext): GlmEvalError {
  const isModel = kind === "model";
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new GlmEvalError(
      isModel ? "model-cache-full" : "download-not-kept",
      `no space left for ${name} in ${settings.cache}`,
      {
        hint: "Free some space and run again (what is downloaded is kept), or set HF_HUB_CACHE to another disk.",
        cause: error,
      },
    );
  }
  return new GlmEvalError(
    isModel ? "model-cache-not-writable" : "download-not-kept",
    `cannot write the cache folder ${settings.cache}: ${error.message}`,
    {
      hint: "Set HF_HUB_CACHE (or HF_HOME) to a folder that you may write.",
      cause: error,
    },
  );
}
