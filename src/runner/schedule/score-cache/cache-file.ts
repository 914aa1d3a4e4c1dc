import { constants as buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { constants, type FileHandle, link, open, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileError, GlmEvalError } from "../../../errors.js";
import { makeFolder } from "../../../fetch/cache/index.js";
import { formatHeader, type Header } from "./lines.js";

const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS"]);

const MAX_TRIES = 9;

/** An open file of the score cache. */
export interface OpenFile {
  readonly handle: FileHandle;
  /** why nothing can be appended, if so */
  readonly readOnly?: unknown;
}

/** Opens a file for reading, and for appending if permitted; creates it if it does not exist. */
export async function openOrCreate(
  file: string,
  header: Omit<Header, "file">,
  tries = MAX_TRIES,
): Promise<OpenFile> {
  const there = await openThere(file);
  if (there !== undefined) return there;
  await makeFolder(path.dirname(file));
  // Written to a temporary file and linked, so the file is complete once it exists, and the first of two processes wins.
  const temporary = `${file}.${randomUUID()}.partial`;
  try {
    await writeFile(temporary, formatHeader({ ...header, file: randomUUID() }));
    await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  const created = await openThere(file);
  if (created !== undefined) return created;
  // Another process has just cleared the cache, or a dangling link permanently blocks the path.
  if (tries === 0) throw new GlmEvalError("file-not-found", `${file} can be neither opened nor created`);
  return openOrCreate(file, header, tries - 1);
}

async function openThere(file: string): Promise<OpenFile | undefined> {
  try {
    return { handle: await open(file, constants.O_RDWR | constants.O_APPEND) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (!NOT_WRITABLE.has(code ?? "")) throw error;
    return { handle: await open(file, constants.O_RDONLY), readOnly: error };
  }
}

/** Reads the bytes of a file up to its current size. @throws GlmEvalError (data) if it is too large */
export async function readWhole(handle: FileHandle): Promise<Buffer> {
  const { size } = await handle.stat();
  if (size > buffer.MAX_LENGTH)
    throw new GlmEvalError("file-too-large", `the file has ${size} bytes, more than can be read at once`);
  const bytes = Buffer.alloc(size);
  let length = 0;
  // One system call may return fewer bytes than requested.
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, Math.min(size - length, 2 ** 30), length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/** Appends bytes, in one write unless the system accepts only some of them. */
export async function append(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}

/** Describes why a file is not usable. @throws the error itself if it is a bug */
export function describeFailure(error: unknown, file: string): string {
  const known = error instanceof GlmEvalError ? error : fileError(error, { file });
  if (known !== undefined) return known.message;
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) throw error;
  return message;
}
