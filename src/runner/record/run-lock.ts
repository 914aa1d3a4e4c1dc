import { readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { isRunning } from "../../process.js";
import { accessRunFile } from "./run-file-errors.js";

const lock = z.object({ pid: z.int(), host: z.string() });

/** The lock on a run's folder, held by the process that writes to it. */
export interface RunLock {
  release(): Promise<void>;
}

const getLockFile = (folder: string): string => path.join(folder, "run.lock");

/** Marks the folder as being written to by this process. A lock left by a killed process is replaced. */
export async function lockRun(folder: string): Promise<RunLock> {
  const file = getLockFile(folder);
  const own = JSON.stringify({ pid: process.pid, host: os.hostname() });
  await accessRunFile(file, () => writeFile(file, `${own}\n`));
  return {
    async release() {
      // Another process may have taken over the run: its lock stays.
      if ((await readOwner(folder))?.pid === process.pid) await rm(file, { force: true });
    },
  };
}

/** Finds another process on this machine that is writing to the folder, and returns its pid; undefined if there is none. */
export async function findOtherWriter(folder: string): Promise<number | undefined> {
  const owner = await readOwner(folder);
  if (owner === undefined || owner.host !== os.hostname() || owner.pid === process.pid) return undefined;
  return isRunning(owner.pid) ? owner.pid : undefined;
}

async function readOwner(folder: string): Promise<z.output<typeof lock> | undefined> {
  try {
    return lock.safeParse(JSON.parse(await readFile(getLockFile(folder), "utf8"))).data;
  } catch {
    return undefined;
  }
}
