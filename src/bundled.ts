import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The package's root folder, seen from src/ and dist/ alike. */
const root = new URL("../", import.meta.url);

export const BUNDLED_MODEL = fileURLToPath(new URL("data/models/glm-tiny", root));
export const BUNDLED_DATA = fileURLToPath(new URL("data/superglue-sample", root));

export const BUNDLED_MODEL_NOTE =
  "glm-tiny is a small model (7 M parameters) bundled with glm-eval for trying it out: its results say nothing about " +
  "GLMs of published size.";

export function packageVersion(): string {
  return (JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string }).version;
}
