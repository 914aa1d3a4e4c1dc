import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { GlmEvalError } from "../../errors.js";
import { fileSize, makeFolder } from "../cache/index.js";
import { type HttpClient, NetworkError, StatusError } from "../http/index.js";

/** A file of a repository, as the hub lists it. */
export interface HubFile {
  readonly path: string;
  /** bytes */
  readonly size: number;
  /** identifies its content: the sha256 of large (LFS) files, git's sha1 of others */
  readonly etag: string;
  readonly url: string;
}

/**
 * Downloads a file's content to `blob` through `blob`.incomplete: what an earlier attempt left there is kept, and only
 * the rest is requested. The content gets its final name only once its size and hash are verified.
 * @param onBytes called with the number of bytes received so far
 * @throws NetworkError and StatusError after the last retry; GlmEvalError (model) if the content is wrong
 */
export async function downloadBlob(
  client: HttpClient,
  file: HubFile,
  blob: string,
  onBytes: (received: number) => void,
): Promise<void> {
  await makeFolder(dirname(blob));
  const incomplete = `${blob}.incomplete`;
  const left = (await fileSize(incomplete)) ?? 0;
  if (left > file.size) await rm(incomplete);
  const resumed = left > 0 && left <= file.size;
  let defect = await transfer(client, file, incomplete, onBytes);
  if (defect !== undefined && resumed) {
    // The partial file may be another program's, which need not write in order: start over once before giving up.
    await rm(incomplete, { force: true });
    defect = await transfer(client, file, incomplete, onBytes);
  }
  if (defect !== undefined) {
    await rm(incomplete, { force: true });
    throw new GlmEvalError("hub-download-damaged", `the download of ${file.path} is damaged: ${defect}`, {
      hint: "It was deleted: try again. If it happens again, the hub or a proxy in between is at fault.",
    });
  }
  await rename(incomplete, blob);
}

/** @returns what is wrong with the content; undefined if it is correct */
async function transfer(
  client: HttpClient,
  file: HubFile,
  path: string,
  onBytes: (received: number) => void,
): Promise<string | undefined> {
  let sink = await Sink.open(path, file);
  try {
    onBytes(sink.received);
    // Bytes sent a second time are not progress: a server without ranges that always disconnects must not be retried
    // forever.
    let furthest = sink.received;
    for (let failures = 0; sink.received < file.size; ) {
      try {
        const defect = await requestRest(client, file, sink, onBytes);
        if (defect === "restart") {
          await sink.close();
          await rm(path, { force: true });
          sink = await Sink.open(path, file);
        } else if (defect !== undefined) {
          return defect;
        } else if (sink.received < file.size) {
          throw new NetworkError("the connection was lost");
        }
      } catch (error) {
        if (sink.received > furthest) failures = 0;
        furthest = Math.max(furthest, sink.received);
        await client.pause(error, failures++);
      }
    }
    const digest = sink.digest();
    if (digest !== undefined && digest !== file.etag) {
      return `its hash is ${digest}, expected ${file.etag}`;
    }
    return undefined;
  } finally {
    await sink.close();
  }
}

/**
 * Sends one request, for the rest of the file.
 * @returns what is wrong with the response; "restart" if the server can only send the file from its start
 */
async function requestRest(
  client: HttpClient,
  file: HubFile,
  sink: Sink,
  onBytes: (received: number) => void,
): Promise<string | undefined> {
  const from = sink.received;
  // identity: a compressed body has other offsets
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (from > 0) headers.range = `bytes=${from}-`;
  const answer = await client.open(file.url, { headers }).catch((error: unknown) => {
    if (from > 0 && error instanceof StatusError && error.status === 416) return undefined;
    throw error;
  });
  if (answer === undefined) return "restart";
  try {
    const { response } = answer;
    if (from > 0 && response.status !== 206) return "restart";
    const total = readTotalSize(response);
    if (total !== undefined && total !== file.size) return describeSizes(total, file.size);
    for (let bytes = await answer.read(); bytes !== undefined; bytes = await answer.read()) {
      await sink.write(bytes);
      if (sink.received > file.size) return describeSizes(sink.received, file.size);
      onBytes(sink.received);
    }
    return undefined;
  } finally {
    answer.close();
  }
}

function describeSizes(found: number, expected: number): string {
  return `it has ${found} bytes, expected ${expected}`;
}

/** Reads the size of the complete file from a response; undefined if it is not reported. */
function readTotalSize(response: Response): number | undefined {
  const range = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  if (range !== undefined) return Number(range);
  const length = response.headers.get("content-length");
  return response.status !== 200 || length === null || response.headers.has("content-encoding")
    ? undefined
    : Number(length);
}

/** An unfinished file that is appended to, and the hash of its content. */
class Sink {
  private constructor(
    private readonly handle: FileHandle,
    private readonly hash: Hash | undefined,
    public received: number,
  ) {}

  static async open(path: string, file: HubFile): Promise<Sink> {
    const handle = await open(path, "a");
    const { size } = await handle.stat();
    const hash = createHashFor(file);
    if (size > 0 && hash !== undefined) {
      for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
    }
    return new Sink(handle, hash, size);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.handle.appendFile(bytes);
    this.hash?.update(bytes);
    this.received += bytes.length;
  }

  digest(): string | undefined {
    return this.hash?.digest("hex");
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** LFS identifies content by its sha256, git by the sha1 of a header and the content. */
function createHashFor(file: HubFile): Hash | undefined {
  if (/^[0-9a-f]{64}$/.test(file.etag)) return createHash("sha256");
  if (/^[0-9a-f]{40}$/.test(file.etag)) return createHash("sha1").update(`blob ${file.size}\0`);
  return undefined;
}
