import { constants as buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { constants, type FileHandle, link, open, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileError, GlmEvalError } from "../../../errors.js";
import { makeFolder } from "../../../fetch/cache/index.js";
import { type Header, headerLine } from "./lines.js";

const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS"]);

const MAX_TRIES = 9;

/** An open file of the score cache. */
export interface OpenFile {
  readonly handle: FileHandle;
  /** why nothing can be appended, where that is so */
  readonly readOnly?: unknown;
}

/** Opens a file for reading and for appending, where that is allowed; one that is not there is begun. */
export async function openOrBegin(
  file: string,
  begin: Omit<Header, "file">,
  tries = MAX_TRIES,
): Promise<OpenFile> {
  const there = await openThere(file);
  if (there !== undefined) return there;
  await makeFolder(path.dirname(file));
  // Written beside and linked, so that the file is whole as soon as it is there, and the first of two processes wins.
  const temporary = `${file}.${randomUUID()}.partial`;
  try {
    await writeFile(temporary, headerLine({ ...begin, file: randomUUID() }));
    await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  const made = await openThere(file);
  if (made !== undefined) return made;
  // Another process cleared the cache meanwhile; or a link that leads nowhere is in the way, for good.
  if (tries === 0) throw new GlmEvalError("file-not-found", `${file} can be neither opened nor made`);
  return openOrBegin(file, begin, tries - 1);
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

/** The bytes of a file up to its size at this moment. @throws GlmEvalError (data) for one that is too large */
export async function readWhole(handle: FileHandle): Promise<Buffer> {
  const { size } = await handle.stat();
  if (size > buffer.MAX_LENGTH)
    throw new GlmEvalError("file-too-large", `the file has ${size} bytes, more than can be read at once`);
  const bytes = Buffer.alloc(size);
  let length = 0;
  // Not more at once than one call of the system gives.
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, Math.min(size - length, 2 ** 30), length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/** Appends bytes, in one write unless the system refuses a part of them. */
export async function append(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}

/** Why a file cannot be used, in words. @throws the error itself where it is a defect */
export function refusal(error: unknown, file: string): string {
  const known = error instanceof GlmEvalError ? error : fileError(error, { file });
  if (known !== undefined) return known.message;
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) throw error;
  return message;
}
