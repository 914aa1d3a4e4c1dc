import { lstat, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "../../process.js";
import { makeFolder } from "../cache/index.js";

const BEAT_MS = 5_000;
const STALE_MS = 30_000;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** called once if another process holds the lock */
  readonly onWait: () => void;
}

/**
 * Runs `work` while no other glm-eval process runs it on the same lock file, so that two runs started at once do not
 * write to the same unfinished file. The lock file is created exclusively and touched regularly; a lock whose process has
 * ended, or that is stale on another machine, is taken over. Correctness does not depend on it: all content is verified.
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await makeFolder(dirname(path));
  const owner = `${process.pid} ${hostname()}`;
  for (let waited = false; !(await claim(path, owner)); waited = true) {
    if (await isAbandoned(path)) {
      await rm(path, { force: true });
      continue;
    }
    if (!waited) options.onWait();
    await sleep(250, undefined, { signal: options.signal }).catch(() => options.signal?.throwIfAborted());
  }
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
}

async function claim(path: string, owner: string): Promise<boolean> {
  try {
    await writeFile(path, owner, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const [text, found] = await Promise.all([
    readFile(path, "utf8").catch(() => ""),
    // Not stat: a dangling link is in the way too, and must also become stale.
    lstat(path).catch(() => undefined),
  ]);
  if (found === undefined) return false;
  if (Date.now() - found.mtimeMs > STALE_MS) return true;
  const [pid, host] = text.split(" ");
  return host === hostname() && Number(pid) > 0 && !isRunning(Number(pid));
}
