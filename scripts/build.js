// Compiles src/ to dist/ and puts the built-in task files beside their loader.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
rmSync("dist", { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
for (const folder of ["superglue", "suites"])
  cpSync(`src/tasks/${folder}`, `dist/tasks/${folder}`, { recursive: true });
chmodSync("dist/cli/main.js", 0o755);
