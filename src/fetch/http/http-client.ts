import { setTimeout as sleep } from "node:timers/promises";
import { NetworkError, networkReason, StatusError } from "./http-errors.js";

export interface NetworkLimits {
  /** how often a failed request is tried again; every byte received starts the count afresh */
  readonly retries: number;
  /** wait before the first retry, in milliseconds; doubles each time, up to a minute */
  readonly backoffMs: number;
  /** a request is given up when nothing arrives for so long, in milliseconds */
  readonly timeoutMs: number;
}

export const DEFAULT_LIMITS: NetworkLimits = { retries: 3, backoffMs: 1_000, timeoutMs: 30_000 };
const LONGEST_WAIT_MS = 60_000;

/** An answer whose body is read piece by piece. */
export interface StreamedResponse {
  readonly response: Response;
  /** the next bytes; undefined at the end */
  read(): Promise<Uint8Array | undefined>;
  /** must be called, also after an error */
  close(): void;
}

export interface ClientOptions {
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly limits: NetworkLimits;
  readonly signal: AbortSignal | undefined;
  /** told before each wait for a retry */
  readonly onRetry: (reason: string, waitMs: number) => void;
}

/**
 * HTTP to one server. It sends the token itself, because the hub's library refuses those of other hubs (not "hf_…"), and
 * only to the server's own address, never to where a file or a next page may lie.
 */
export class HttpClient {
  constructor(private readonly options: ClientOptions) {}

  /** A `fetch` for the hub library's functions: whole answers, retried; others than 2xx throw StatusError. */
  readonly fetch: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    for (let failures = 0; ; failures++) {
      try {
        return await this.whole(url, init);
      } catch (error) {
        await this.pause(error, failures);
      }
    }
  };

  /**
   * Sends one GET, not retried.
   * @throws NetworkError, StatusError, or the abort signal's reason
   */
  async open(url: string, init: RequestInit = {}): Promise<StreamedResponse> {
    const { endpoint, token, limits, signal } = this.options;
    signal?.throwIfAborted();
    const stop = new AbortController();
    const onAbort = (): void => stop.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const stalled = setTimeout(
      () => stop.abort(new NetworkError(`no answer within ${limits.timeoutMs / 1000} s`)),
      limits.timeoutMs,
    );
    const close = (): void => {
      clearTimeout(stalled);
      signal?.removeEventListener("abort", onAbort);
      stop.abort();
    };
    const network = async <T>(step: () => Promise<T>): Promise<T> => {
      try {
        const result = await step();
        stalled.refresh();
        return result;
      } catch (error) {
        signal?.throwIfAborted();
        if (stop.signal.reason instanceof NetworkError) throw stop.signal.reason;
        throw new NetworkError(networkReason(error), { cause: error });
      }
    };
    try {
      const headers = new Headers(init.headers);
      headers.set("user-agent", "glm-eval");
      if (token !== undefined && new URL(url).origin === new URL(endpoint).origin) {
        headers.set("authorization", `Bearer ${token}`);
      }
      const response = await network(() => fetch(url, { ...init, headers, signal: stop.signal }));
      if (!response.ok) throw await StatusError.of(response);
      const reader = response.body?.getReader();
      const read = async (): Promise<Uint8Array | undefined> =>
        reader === undefined ? undefined : (await network(() => reader.read())).value;
      return { response, read, close };
    } catch (error) {
      close();
      throw error;
    }
  }

  /** Waits before the next try, longer each time; throws `error` where it will not pass or was met too often. */
  async pause(error: unknown, failures: number): Promise<void> {
    const { limits, signal, onRetry } = this.options;
    const passing = error instanceof NetworkError || (error instanceof StatusError && error.passing);
    if (!passing || failures >= limits.retries) throw error;
    const asked = error instanceof StatusError ? error.retryAfterMs : undefined;
    const wait = Math.min(asked ?? limits.backoffMs * 2 ** failures, LONGEST_WAIT_MS);
    onRetry(error.message, wait);
    await sleep(wait, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }

  private async whole(url: string, init: RequestInit | undefined): Promise<Response> {
    const answer = await this.open(url, init);
    try {
      const pieces: Uint8Array[] = [];
      for (let piece = await answer.read(); piece !== undefined; piece = await answer.read()) {
        pieces.push(piece);
      }
      const { status, headers } = answer.response;
      return new Response(Buffer.concat(pieces), { status, headers });
    } finally {
      answer.close();
    }
  }
}
