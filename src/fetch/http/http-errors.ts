/** The server could not be reached, or the connection was lost. The message is a reason to be read by people. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** The server answered with something else than success. */
export class StatusError extends Error {
  override readonly name = "StatusError";

  private constructor(
    readonly status: number,
    readonly url: string,
    /** a hub's own word for it, such as "RepoNotFound" */
    readonly code: string | null,
    readonly retryAfterMs: number | undefined,
    detail: string | null,
  ) {
    super(`the server answered ${status}${detail ? ` (${detail})` : ""}`);
  }

  static async of(response: Response): Promise<StatusError> {
    const { headers, status, url } = response;
    const detail = headers.get("x-error-message") ?? response.statusText;
    return new StatusError(status, url, headers.get("x-error-code"), retryAfter(headers), detail);
  }

  /** Worth another try: too many requests, or trouble on the server's side. */
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

/** True where the server cannot be used just now: what lies in the cache is the better answer then. */
export function isOutOfReach(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof StatusError && error.passing);
}
