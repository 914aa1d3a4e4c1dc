import { GlmEvalError } from "../../errors.js";
import type { HubSettings } from "./environment.js";
import { suggestModel } from "./known-models.js";

/** The hub could not be reached, or the connection was lost. The message is a reason to be read by people. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** The hub answered with something else than success. */
export class StatusError extends Error {
  override readonly name = "StatusError";

  private constructor(
    readonly status: number,
    readonly url: string,
    /** the hub's own word for it, such as "RepoNotFound" */
    readonly code: string | null,
    readonly retryAfterMs: number | undefined,
    detail: string | null,
  ) {
    super(`the hub answered ${status}${detail ? ` (${detail})` : ""}`);
  }

  static async of(response: Response): Promise<StatusError> {
    const { headers, status, url } = response;
    const detail = headers.get("x-error-message") ?? response.statusText;
    return new StatusError(status, url, headers.get("x-error-code"), retryAfter(headers), detail);
  }

  /** Worth another try: too many requests, or trouble on the hub's side. */
  get passing(): boolean {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** What is behind fetch's "fetch failed" or "terminated", in plain words. */
export function networkReason(error: unknown): string {
  let innermost = error as { code?: string; message?: string; cause?: unknown; hostname?: string };
  while (typeof innermost.cause === "object" && innermost.cause !== null) innermost = innermost.cause;
  const code = innermost.code ?? "";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `host name ${innermost.hostname} not found`;
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return "no answer to the connection";
  if (code === "ECONNRESET" || code === "UND_ERR_SOCKET") return "the connection was cut";
  if (/CERT|SIGNATURE|ISSUER|TLS|SSL/.test(code)) return `the certificate is not trusted, ${code}`;
  return `${code} ${innermost.message ?? String(error)}`.trim();
}

export interface HubContext {
  readonly name: string;
  readonly revision: string;
  readonly settings: HubSettings;
}

/** True where the hub or the cache cannot be used just now: a model that lies in the cache is the better answer then. */
export function isOutOfReach(error: unknown): boolean {
  const readOnly = ["EROFS", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");
  return readOnly || error instanceof NetworkError || (error instanceof StatusError && error.passing);
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
  return new GlmEvalError("model", `${settings.endpoint} does not answer as a model hub does`, {
    hint: "Check HF_ENDPOINT, and that no login page of your network stands between.",
    cause,
  });
}

function outOfReach(error: Error, { name, settings }: HubContext): GlmEvalError {
  const proxy =
    settings.proxy === undefined
      ? ""
      : ` Node uses ${settings.proxy} only with NODE_USE_ENV_PROXY=1 (Node 22.21, 24 or newer).`;
  const certificate = error.message.includes("certificate")
    ? " Name your network's certificate in NODE_EXTRA_CA_CERTS."
    : "";
  return new GlmEvalError("model", `cannot get ${name} from ${settings.endpoint}: ${error.message}`, {
    hint:
      "Try again (what is downloaded is kept), set HF_ENDPOINT to a mirror that you can reach, or name a folder " +
      `that holds the downloaded model.${proxy}${certificate}`,
    cause: error,
  });
}

function explainStatus(error: StatusError, { name, revision, settings }: HubContext): GlmEvalError {
  const { endpoint, token } = settings;
  const page = `${endpoint}/${name}`;
  const said = (message: string, hint: string): GlmEvalError =>
    new GlmEvalError("model", message, { hint, cause: error });

  if (error.code === "RevisionNotFound") {
    return said(
      `${name} has no revision "${revision}" on ${endpoint}`,
      `See ${page}/tree/main for its branches and tags; without a revision "main" is used.`,
    );
  }
  if (error.code === "GatedRepo" || error.status === 403) {
    const sent = token ? `the account of the token in ${token.source}` : "your account";
    return said(
      `${name} is gated: its owner must grant access first`,
      `Ask for access at ${page} with ${sent}${token ? "" : ", then set HF_TOKEN to a token of it"}.`,
    );
  }
  if (error.code === "EntryNotFound") {
    return said(
      `${name} lists a file that ${endpoint} does not have: ${error.url}`,
      "The repository may just be changing: try again.",
    );
  }
  if (error.status === 401 || error.status === 404) {
    const meant = suggestModel(name);
    const why =
      token === undefined
        ? "or it is private and needs a token (HF_TOKEN)"
        : `or the token in ${token.source} is not valid for it`;
    return said(
      `${endpoint} has no model ${name}${revision === "main" ? "" : ` with revision "${revision}"`}, ${why}`,
      `${meant === undefined ? "" : `Did you mean ${meant}? `}Check the name at ${page}; for a private model set HF_TOKEN to a valid token.`,
    );
  }
  return said(`${error.message} to ${error.url}`, `Check that ${page} can be opened, and HF_ENDPOINT.`);
}

function explainDisk(error: Error, code: string, { name, settings }: HubContext): GlmEvalError {
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new GlmEvalError("model", `no space left for ${name} in ${settings.cache}`, {
      hint: "Free some space and run again (what is downloaded is kept), or set HF_HUB_CACHE to another disk.",
      cause: error,
    });
  }
  return new GlmEvalError("model", `cannot write the cache folder ${settings.cache}: ${error.message}`, {
    hint: "Set HF_HUB_CACHE (or HF_HOME) to a folder that you may write.",
    cause: error,
  });
}
