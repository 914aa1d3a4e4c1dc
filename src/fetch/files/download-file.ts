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
import { isUnchanged, toDownloadError } from "./download-errors.js";

export interface DownloadOptions {
  /** expected sha256 of the content, hex; a cached file with this hash is used without a request to the server */
  readonly sha256?: string | undefined;
  /** use only the cache */
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** amounts in bytes; `total` is undefined if the server does not report it */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** called with remarks on a download that did not run straight through */
  readonly onNote?: ((note: string) => void) | undefined;
  /** folder of the downloads; default: `data` in the cache folder */
  readonly folder?: string | undefined;
  readonly limits?: NetworkLimits | undefined;
}

export interface DownloadProgress {
  readonly url: string;
  readonly received: number;
  readonly total: number | undefined;
}

/** Metadata of a download, stored next to it. */
interface Metadata {
  readonly url: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly size: number;
  readonly sha256: string;
}

/**
 * Downloads the content of an `http(s)` URL to a file, once: later calls only ask the server whether it has changed
 * (ETag, date or size), and use the cached file if the server is unreachable. A file gets its name only once it is
 * complete, so a lost connection leaves no partial file.
 * @returns the path of the cached file
 * @throws GlmEvalError (data) if the download fails, or the content does not match `sha256`
 */
export async function downloadFile(url: string, options: DownloadOptions = {}): Promise<string> {
  if (!URL.canParse(url)) {
    throw new GlmEvalError("bad-address", `${url} is not a URL; expected https://host/path`, {
      hint: "Correct the URL in the task file.",
    });
  }
  const { folder = path.join(cacheFolder(), "data"), sha256, offline = false } = options;
  const ownFolder = path.join(folder, createHash("sha256").update(url).digest("hex"));
  const file = path.join(ownFolder, getFileName(url));
  const metadataFile = path.join(ownFolder, "download.json");
  const known = await readMetadata(metadataFile, file);
  if (known !== undefined && known.sha256 === sha256) return file;
  if (offline) {
    if (known === undefined) {
      throw new GlmEvalError(
        "download-offline",
        `${url} is not in the cache (${folder}), and downloads are disabled`,
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
        await writeFile(metadataFile, JSON.stringify(fresh));
      }
    } finally {
      await rm(temporary, { force: true });
    }
    return file;
  } catch (error) {
    if (known === undefined || !isOutOfReach(error)) throw toDownloadError(error, url, folder);
    checkContent(url, known.sha256, sha256);
    options.onNote?.(`${url} is unreachable (${(error as Error).message}): using the cached file`);
    return file;
  }
}

function checkContent(url: string, found: string, expected: string | undefined): void {
  if (expected === undefined || found === expected) return;
  throw new GlmEvalError("wrong-hash", `${url}: the content has sha256 ${found}; expected ${expected}`, {
    hint: "The file has changed since its hash was written into the task file: check what changed, then write the new hash.",
  });
}

/** Returns the last part of the URL's path: its extension determines how the file is read. */
function getFileName(url: string): string {
  const last = new URL(url).pathname.split("/").at(-1)!;
  return last.replace(/[^\w.-]/g, "_").replace(/^\.+/, "") || "file";
}

/** Reads the metadata of a cached download; undefined if there is none, or the file's size does not match. */
async function readMetadata(metadataFile: string, file: string): Promise<Metadata | undefined> {
  try {
    const known = JSON.parse(await readFile(metadataFile, "utf8")) as Metadata;
    return (await stat(file)).size === known.size ? known : undefined;
  } catch {
    return undefined;
  }
}

/** Downloads to `file` and returns its metadata; undefined if the server reports that `known` is still current. */
async function transfer(
  url: string,
  file: string,
  known: Metadata | undefined,
  options: DownloadOptions,
): Promise<Metadata | undefined> {
  const client = new HttpClient({
    endpoint: url,
    token: undefined,
    limits: options.limits ?? DEFAULT_LIMITS,
    signal: options.signal,
    onRetry: (reason, waitMs) =>
      options.onNote?.(`${url}: ${reason}; retrying in ${Math.round(waitMs / 1000)} s`),
  });
  // identity: the size of a compressed body is not the size of the file
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

/**
 * For servers that send the full response although nothing has changed: compares the ETag if either side has one, else
 * the date if either side has one, else the size.
 */
function isSame({ headers }: Response, known: Metadata): boolean {
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
): Promise<Metadata> {
  const { headers } = answer.response;
  if (/^text\/html\b/.test(headers.get("content-type") ?? "")) {
    throw new GlmEvalError("download-refused", `${url}: found a web page; expected a data file`, {
      hint: "Use the URL of the file itself (on GitHub, the URL of the Raw button), which requires no login.",
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
    sha256: await hashFile(file),
  };
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest("hex");
}
