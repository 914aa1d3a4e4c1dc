// Compiles src/ to dist/, copies the built-in task files and the HTML report's page next to the code that reads them, and generates
// from the schemas: the JSON Schemas of task files, and the table of commands and flags.
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
const page = "report/html/page";
cpSync(`src/${page}`, `dist/${page}`, { recursive: true, filter: (file) => !file.endsWith("tsconfig.json") });
const schemas = spawnSync(process.execPath, ["scripts/schemas.js"], { stdio: "inherit" });
if (schemas.status !== 0) process.exit(schemas.status ?? 1);
chmodSync("dist/cli/main.js", 0o755);
