import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { GlmEvalError } from "../../src/errors.js";

/** Makes folders with files in them, by relative path, and removes them after the file's tests. */
export function folders(): (files: Readonly<Record<string, string | Uint8Array>>) => string {
  const made: string[] = [];
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });
  return (files) => {
    const folder = mkdtempSync(join(tmpdir(), "glm-eval-tasks-"));
    made.push(folder);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return folder;
  };
}

export function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** Returns the error that a call throws; fails if it throws none, or one that is not a GlmEvalError. */
export async function catchError(call: () => unknown): Promise<GlmEvalError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof GlmEvalError) return error;
    throw error;
  }
  throw new Error("expected an error, found none");
}

/** The metrics line for a task with these lines: it judges labels if there are any, otherwise texts. */
export function metricsLine(lines: string): string {
  return `metrics: [${/^labels:/m.test(lines) ? "accuracy" : "exact_match"}]`;
}
