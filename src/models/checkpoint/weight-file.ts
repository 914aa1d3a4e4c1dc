import { type FileHandle, open } from "node:fs/promises";
import { GlmEvalError } from "../../errors.js";

const DOWNLOAD_AGAIN = "The file is damaged or incomplete: download or copy it again.";

/** The common form of errors about a weight file's content. */
export function broken(path: string, problem: string, options: { hint?: string; cause?: unknown } = {}) {
  return new GlmEvalError("checkpoint-damaged", `${path}: ${problem}`, { hint: DOWNLOAD_AGAIN, ...options });
}

/**
 * A weight file open for positional reads. Every length is checked against the file's size before memory is
 * allocated.
 */
export class WeightFile {
  readonly path: string;
  /** bytes */
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(path: string, size: number, handle: FileHandle) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
  }

  /** @throws GlmEvalError (data) if the file cannot be opened, is not a regular file, or is a Git LFS pointer */
  static async open(path: string): Promise<WeightFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, "r");
      const stat = await handle.stat();
      if (!stat.isFile())
        throw broken(path, "is not a regular file", { hint: "Expected a weight file here." });
      if (stat.size === 0) throw broken(path, "is empty (0 bytes)");
      const file = new WeightFile(path, stat.size, handle);
      await file.#refuseLfsPointer();
      return file;
    } catch (error) {
      await handle?.close();
      throw error instanceof GlmEvalError ? error : cannotRead(path, error);
    }
  }

  /**
   * Reads exactly `length` bytes from `position`, at the start of their own buffer (so that any typed array can view
   * it).
   * @param what names the part being read, for the error about a truncated file
   */
  async read(position: number, length: number, what: string): Promise<Uint8Array<ArrayBuffer>> {
    const end = position + length;
    if (end > this.size) {
      throw broken(this.path, `is truncated: ${what} ends at byte ${end}, the file has ${this.size} bytes`);
    }
    const bytes = Buffer.allocUnsafeSlow(length);
    let done = 0;
    try {
      while (done < length) {
        const { bytesRead } = await this.#handle.read(bytes, done, length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
    } catch (error) {
      throw cannotRead(this.path, error);
    }
    if (done < length) {
      throw broken(this.path, `shrank while being read: ${what} ends at byte ${end}, got ${position + done}`);
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** A clone made without Git LFS has small text files in place of the weights: this deserves its own message. */
  async #refuseLfsPointer(): Promise<void> {
    const start = Buffer.from(await this.read(0, Math.min(this.size, 64), "its start")).toString("latin1");
    if (start.startsWith("version https://git-lfs.github.com/spec")) {
      throw broken(this.path, `is a Git LFS pointer of ${this.size} bytes, not the weights themselves`, {
        hint: "Fetch the weights with `git lfs pull` in that repository.",
      });
    }
  }
}

function cannotRead(path: string, error: unknown): GlmEvalError {
  const reason = error instanceof Error ? error.message : String(error);
  return broken(path, `cannot be read (${reason})`, {
    hint: "Check the path and its permissions.",
    cause: error,
  });
}
