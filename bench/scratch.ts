import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

const folders = new Set<string>();

/** A new temporary folder, deleted when the process ends, for whatever reason, or by `removeScratch`. */
export async function scratchFolder(): Promise<string> {
  listen();
  const folder = await mkdtemp(path.join(os.tmpdir(), "glm-eval-bench-"));
  folders.add(folder);
  return folder;
}

export async function removeScratch(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  folders.delete(folder);
}

let listening = false;
function listen(): void {
  if (listening) return;
  listening = true;
  process.on("exit", () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
}
