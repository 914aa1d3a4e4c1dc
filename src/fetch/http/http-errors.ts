/** The server is unreachable, or the connection was lost. The message is a human-readable reason. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** The server returned a status other than success. */
export class StatusError extends Error {
  override readonly name = "StatusError";

  private constructor(
    readonly status: number,
    readonly url: string,
    /** a hub's own error code, such as "RepoNotFound" */
    readonly code: string | null,
    readonly retryAfterMs: number | undefined,
    detail: string | null,
  ) {
    super(`the server returned ${status}${detail ? ` (${detail})` : ""}`);
  }

  static of(response: Response): StatusError {
    const { headers, status, url } = response;
    const detail = headers.get("x-error-message") ?? response.statusText;
    return new StatusError(status, url, headers.get("x-error-code"), readRetryAfter(headers), detail);
  }

  /** Whether a retry may succeed: timeout, too many requests, or a server error. */
  get isTransient(): boolean {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Reads the delay that the server requests, in milliseconds; undefined if there is none. */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Returns the plain-text cause of fetch's "fetch failed" or "terminated". */
export function describeNetworkError(error: unknown): string {
  let innermost = error as { code?: string; message?: string; cause?: unknown; hostname?: string };
  while (typeof innermost.cause === "object" && innermost.cause !== null) innermost = innermost.cause;
  const code = innermost.code ?? "";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `host name ${innermost.hostname} not found`;
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return "the connection timed out";
  if (code === "ECONNRESET" || code === "UND_ERR_SOCKET") return "the connection was lost";
  if (/CERT|SIGNATURE|ISSUER|TLS|SSL/.test(code)) return `the certificate is not trusted, ${code}`;
  return `${code} ${innermost.message ?? String(error)}`.trim();
}

/** Whether the server is unavailable for now: a cached file is then the better choice, and a retry may succeed. */
export function isOutOfReach(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof StatusError && error.isTransient);
}
