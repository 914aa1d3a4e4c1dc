import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { cacheFolder, makeFolder } from "../cache/index.js";
import {
  DEFAULT_LIMITS,
  HttpClient,
  isOutOfReach,
  type NetworkLimits,
  type StreamedResponse,
} from "../http/index.js";
import { downloadError, isUnchanged } from "./download-errors.js";

export interface DownloadOptions {
  /** what the content must be, hex; a cached file of this hash is used without asking the server */
  readonly sha256?: string | undefined;
  /** use only what is in the cache */
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `total` is undefined where the server does not say; bytes */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** told what one should know of an address that was not simply downloaded */
  readonly onNote?: ((note: string) => void) | undefined;
  /** where downloads lie: `data` in the cache folder unless told otherwise */
  readonly folder?: string | undefined;
  readonly limits?: NetworkLimits | undefined;
}

export interface DownloadProgress {
  readonly url: string;
  readonly received: number;
  readonly total: number | undefined;
}

/** What is remembered of a download beside it. */
interface Known {
  readonly url: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly size: number;
  readonly sha256: string;
}

/**
 * The content of an `http(s)` address as a file, downloaded once: later calls ask the server only whether it has
 * changed (ETag, date or size), and take the cached file where the server cannot be reached. A file gets its name only
 * when it is whole, so that a cut connection leaves nothing half.
 * @returns the path of the cached file
 * @throws GlmEvalError (data) where it cannot be had, or its content is not what `sha256` says
 */
export async function downloadFile(url: string, options: DownloadOptions = {}): Promise<string> {
  if (!URL.canParse(url)) {
    throw new GlmEvalError("bad-address", `${url} is no address; expected https://host/path`, {
      hint: "Correct the address in the task file.",
    });
  }
  const { folder = path.join(cacheFolder(), "data"), sha256, offline = false } = options;
  const held = path.join(folder, createHash("sha256").update(url).digest("hex"));
  const file = path.join(held, fileName(url));
  const memo = path.join(held, "download.json");
  const known = await remembered(memo, file);
  if (known !== undefined && known.sha256 === sha256) return file;
  if (offline) {
    if (known === undefined) {
      throw new GlmEvalError(
        "download-offline",
        `${url} is not in the cache (${folder}), and downloads are off`,
        {
          hint: "Run once without --offline, or name a local file.",
        },
      );
    }
    checkContent(url, known.sha256, sha256);
    return file;
  }
  try {
    const temporary = `${file}.${randomUUID()}.partial`;
    const fresh = await transfer(url, temporary, known, options);
    try {
      checkContent(url, (fresh ?? known)!.sha256, sha256);
      if (fresh !== undefined) {
        await rename(temporary, file);
        await writeFile(memo, JSON.stringify(fresh));
      }
    } finally {
      await rm(temporary, { force: true });
    }
    return file;
  } catch (error) {
    if (known === undefined || !isOutOfReach(error)) throw downloadError(error, url, folder);
    checkContent(url, known.sha256, sha256);
    options.onNote?.(`${url} cannot be reached (${(error as Error).message}): the cached file is used`);
    return file;
  }
}

function checkContent(url: string, found: string, expected: string | undefined): void {
  if (expected === undefined || found === expected) return;
  throw new GlmEvalError("wrong-hash", `${url}: the content has the sha256 ${found}; expected ${expected}`, {
    hint: "The file has changed since its hash was written into the task file: see what changed, then write the new hash.",
  });
}

/** The last part of the address's path: the extension says how the file is read. */
function fileName(url: string): string {
  const last = new URL(url).pathname.split("/").at(-1)!;
  return last.replace(/[^\w.-]/g, "_").replace(/^\.+/, "") || "file";
}

async function remembered(memo: string, file: string): Promise<Known | undefined> {
  try {
    const known = JSON.parse(await readFile(memo, "utf8")) as Known;
    return (await stat(file)).size === known.size ? known : undefined;
  } catch {
    return undefined;
  }
}

/** Downloads to `file` and tells what came; undefined where the server says that `known` is still right. */
async function transfer(
  url: string,
  file: string,
  known: Known | undefined,
  options: DownloadOptions,
): Promise<Known | undefined> {
  const client = new HttpClient({
    endpoint: url,
    token: undefined,
    limits: options.limits ?? DEFAULT_LIMITS,
    signal: options.signal,
    onRetry: (reason, waitMs) =>
      options.onNote?.(`${url}: ${reason}; trying again in ${Math.round(waitMs / 1000)} s`),
  });
  // identity: the size of a compressed body says nothing of the file's
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (known?.etag) headers["if-none-match"] = known.etag;
  if (known?.lastModified) headers["if-modified-since"] = known.lastModified;
  await makeFolder(path.dirname(file));
  for (let failures = 0; ; failures++) {
    try {
      const answer = await client.open(url, { headers });
      try {
        if (known !== undefined && isSame(answer.response, known)) return undefined;
        return await save(answer, url, file, options);
      } finally {
        answer.close();
      }
    } catch (error) {
      await rm(file, { force: true });
      if (isUnchanged(error)) return undefined;
      await client.pause(error, failures);
    }
  }
}

/** For servers that answer in full though nothing has changed: the same ETag, or neither ETag nor date and the same size. */
function isSame({ headers }: Response, known: Known): boolean {
  const etag = headers.get("etag");
  if (etag !== null || known.etag !== null) return etag === known.etag;
  const date = headers.get("last-modified");
  if (date !== null || known.lastModified !== null) return date === known.lastModified;
  return headers.get("content-length") === String(known.size);
}

async function save(
  answer: StreamedResponse,
  url: string,
  file: string,
  options: DownloadOptions,
): Promise<Known> {
  const { headers } = answer.response;
  if (/^text\/html\b/.test(headers.get("content-type") ?? "")) {
    throw new GlmEvalError("download-refused", `${url}: found a web page; expected a data file`, {
      hint: "Name the address of the file itself (on GitHub: the one behind Raw), which needs no login.",
    });
  }
  const length = headers.has("content-encoding") ? null : headers.get("content-length");
  const total = length === null ? undefined : Number(length);
  const handle = await open(file, "wx");
  let received = 0;
  try {
    for (let bytes = await answer.read(); bytes !== undefined; bytes = await answer.read()) {
      await handle.appendFile(bytes);
      received += bytes.length;
      options.onProgress?.({ url, received, total });
    }
  } finally {
    await handle.close();
  }
  return {
    url,
    etag: headers.get("etag"),
    lastModified: headers.get("last-modified"),
    size: received,
    sha256: await hashOf(file),
  };
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest("hex");
}
