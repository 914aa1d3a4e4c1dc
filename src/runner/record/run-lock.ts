import { readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { isRunning } from "../../process.js";
import { runFile } from "./run-file-errors.js";

const lock = z.object({ pid: z.int(), host: z.string() });

/** The process that writes to a run's folder, as far as it can be seen from here. */
export interface RunLock {
  release(): Promise<void>;
}

const fileIn = (folder: string): string => path.join(folder, "run.lock");

/** Says that this process writes to the folder. A lock that a killed process left is replaced. */
export async function lockRun(folder: string): Promise<RunLock> {
  const file = fileIn(folder);
  const own = JSON.stringify({ pid: process.pid, host: os.hostname() });
  await runFile(file, () => writeFile(file, `${own}\n`));
  return {
    async release() {
      // Another process may have taken the run over: its lock stays.
      if ((await ownerOf(folder))?.pid === process.pid) await rm(file, { force: true });
    },
  };
}

/** The pid of another process on this machine that is writing to the folder now; undefined where there is none. */
export async function otherWriter(folder: string): Promise<number | undefined> {
  const owner = await ownerOf(folder);
  if (owner === undefined || owner.host !== os.hostname() || owner.pid === process.pid) return undefined;
  return isRunning(owner.pid) ? owner.pid : undefined;
}

async function ownerOf(folder: string): Promise<z.output<typeof lock> | undefined> {
  try {
    return lock.safeParse(JSON.parse(await readFile(fileIn(folder), "utf8"))).data;
  } catch {
    return undefined;
  }
}
