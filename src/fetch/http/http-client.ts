import { setTimeout as sleep } from "node:timers/promises";
import { describeNetworkError, isOutOfReach, NetworkError, StatusError } from "./http-errors.js";

export interface NetworkLimits {
  /** how often a failed request is retried; every byte received resets the count */
  readonly retries: number;
  /** delay before the first retry, in milliseconds; doubles each time, up to a minute */
  readonly backoffMs: number;
  /** a request is aborted if nothing arrives for this long, in milliseconds */
  readonly timeoutMs: number;
}

export const DEFAULT_LIMITS: NetworkLimits = { retries: 3, backoffMs: 1_000, timeoutMs: 30_000 };
const MAX_WAIT_MS = 60_000;

/** A response whose body is read chunk by chunk. */
export interface StreamedResponse {
  readonly response: Response;
  /** the next bytes; undefined at the end */
  read(): Promise<Uint8Array | undefined>;
  /** must be called, even after an error */
  close(): void;
}

export interface ClientOptions {
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly limits: NetworkLimits;
  readonly signal: AbortSignal | undefined;
  /** called before the delay of each retry */
  readonly onRetry: (reason: string, waitMs: number) => void;
}

/**
 * HTTP client for one server. It sends the token itself, because the hub's library refuses tokens of other hubs (without
 * "hf_…"), and only to the server's own origin, never to another one that serves a file or a next page.
 */
export class HttpClient {
  constructor(private readonly options: ClientOptions) {}

  /** A `fetch` for the hub library's functions: reads the complete body, retries, throws StatusError unless 2xx. */
  readonly fetch: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    for (let failures = 0; ; failures++) {
      try {
        return await this.fetchAll(url, init);
      } catch (error) {
        await this.pause(error, failures);
      }
    }
  };

  /**
   * Sends one GET, without retries.
   * @throws NetworkError, StatusError, or the abort signal's reason
   */
  async open(url: string, init: RequestInit = {}): Promise<StreamedResponse> {
    const { endpoint, token, limits, signal } = this.options;
    signal?.throwIfAborted();
    const stop = new AbortController();
    const onAbort = (): void => stop.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const stalled = setTimeout(
      () => stop.abort(new NetworkError(`no response within ${limits.timeoutMs / 1000} s`)),
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
        throw new NetworkError(describeNetworkError(error), { cause: error });
      }
    };
    try {
      const headers = new Headers(init.headers);
      headers.set("user-agent", "glm-eval");
      if (token !== undefined && new URL(url).origin === new URL(endpoint).origin) {
        headers.set("authorization", `Bearer ${token}`);
      }
      const response = await network(() => fetch(url, { ...init, headers, signal: stop.signal }));
      if (!response.ok) throw StatusError.of(response);
      const reader = response.body?.getReader();
      const read = async (): Promise<Uint8Array | undefined> =>
        reader === undefined ? undefined : (await network(() => reader.read())).value;
      return { response, read, close };
    } catch (error) {
      close();
      throw error;
    }
  }

  /** Waits before the next attempt, longer each time; throws `error` if it is permanent or all retries are used. */
  async pause(error: unknown, failures: number): Promise<void> {
    const { limits, signal, onRetry } = this.options;
    if (!isOutOfReach(error) || failures >= limits.retries) throw error;
    const requested = error instanceof StatusError ? error.retryAfterMs : undefined;
    const wait = Math.min(requested ?? limits.backoffMs * 2 ** failures, MAX_WAIT_MS);
    onRetry((error as Error).message, wait);
    await sleep(wait, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }

  private async fetchAll(url: string, init: RequestInit | undefined): Promise<Response> {
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
