import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { GlmEvalError } from "../../errors.js";
import { fileSize, makeFolder } from "../cache/index.js";
import { type HttpClient, NetworkError, StatusError } from "../http/index.js";

/** A file of a repository as the hub lists it. */
export interface HubFile {
  readonly path: string;
  /** bytes */
  readonly size: number;
  /** the name of its content: sha256 for big (LFS) files, git's sha1 for others */
  readonly etag: string;
  readonly url: string;
}

/**
 * Downloads a file's content to `blob`, through `blob`.incomplete: what an earlier try left there is kept and the
 * rest asked for. The content gets its name only after size and hash were found right.
 * @param onBytes told how many bytes there are so far
 * @throws NetworkError and StatusError after the last retry; GlmEvalError (model) for a wrong content
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
  let wrong = await transfer(client, file, incomplete, onBytes);
  if (wrong !== undefined && resumed) {
    // What lay there may be another program's (it need not write in order): begin anew before giving up.
    await rm(incomplete, { force: true });
    wrong = await transfer(client, file, incomplete, onBytes);
  }
  if (wrong !== undefined) {
    await rm(incomplete, { force: true });
    throw new GlmEvalError("hub-download-damaged", `${file.path} arrived damaged: ${wrong}`, {
      hint: "The download was deleted: try again. If it happens again, the hub or a proxy on the way is at fault.",
    });
  }
  await rename(incomplete, blob);
}

/** @returns what is wrong with the content, undefined where it is right */
async function transfer(
  client: HttpClient,
  file: HubFile,
  path: string,
  onBytes: (received: number) => void,
): Promise<string | undefined> {
  let sink = await Sink.open(path, file);
  try {
    onBytes(sink.received);
    // What is sent a second time is no progress: a server without ranges that always cuts must not be asked forever.
    let furthest = sink.received;
    for (let failures = 0; sink.received < file.size; ) {
      try {
        const wrong = await once(client, file, sink, onBytes);
        if (wrong === "restart") {
          await sink.close();
          await rm(path, { force: true });
          sink = await Sink.open(path, file);
        } else if (wrong !== undefined) {
          return wrong;
        } else if (sink.received < file.size) {
          throw new NetworkError("the connection was cut");
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

/** One request, from where the file ends; "restart" where the server can only send it from its beginning. */
async function once(
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
    const total = totalSize(response);
    if (total !== undefined && total !== file.size) return sizes(total, file.size);
    for (let bytes = await answer.read(); bytes !== undefined; bytes = await answer.read()) {
      await sink.write(bytes);
      if (sink.received > file.size) return sizes(sink.received, file.size);
      onBytes(sink.received);
    }
    return undefined;
  } finally {
    answer.close();
  }
}

function sizes(found: number, expected: number): string {
  return `it has ${found} bytes, expected ${expected}`;
}

/** The whole file's size as an answer gives it; undefined where it does not say. */
function totalSize(response: Response): number | undefined {
  const range = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  if (range !== undefined) return Number(range);
  const length = response.headers.get("content-length");
  return response.status !== 200 || length === null || response.headers.has("content-encoding")
    ? undefined
    : Number(length);
}

/** An unfinished file that is appended to, and the hash of all that it holds. */
class Sink {
  private constructor(
    private readonly handle: FileHandle,
    private readonly hash: Hash | undefined,
    public received: number,
  ) {}

  static async open(path: string, file: HubFile): Promise<Sink> {
    const handle = await open(path, "a");
    const { size } = await handle.stat();
    const hash = hashFor(file);
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

/** LFS names a content by its sha256, git by the sha1 of a header and the content. */
function hashFor(file: HubFile): Hash | undefined {
  if (/^[0-9a-f]{64}$/.test(file.etag)) return createHash("sha256");
  if (/^[0-9a-f]{40}$/.test(file.etag)) return createHash("sha1").update(`blob ${file.size}\0`);
  return undefined;
}
