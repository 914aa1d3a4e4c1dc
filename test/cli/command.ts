import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";
import { runInProcess } from "./in-process.js";

/** The built command, which users run. */
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Workspace {
  /** a folder that is removed after the tests of the file; the command runs in it and keeps its caches there */
  readonly folder: string;
  /** a path in it */
  path(...names: string[]): string;
  /** runs the command in this process, from its sources */
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** runs the built command in a separate process, like users do: to interrupt it, interact with it, or measure it */
  start(args: readonly string[], options?: RunOptions): Started;
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Outcome>;
}

/** Creates a separate workspace for the commands of a test file. */
export function workspace(): Workspace {
  if (!existsSync(MAIN)) throw new Error("the command is not built: run `npm run build`");
  const folder = mkdtempSync(join(tmpdir(), "glm-eval-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const home = join(folder, ".home");
  const base = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    // Without these two, Windows has neither a network nor a home.
    ...(process.env.SystemRoot !== undefined && { SystemRoot: process.env.SystemRoot, USERPROFILE: home }),
    HF_HOME: join(home, "huggingface"),
    GLM_EVAL_CACHE: join(home, "cache"),
    // No test contacts the real hub: a closed port, unless a test sets another.
    HF_ENDPOINT: "http://127.0.0.1:9",
  };

  const start = (args: readonly string[], { input, env = {} }: RunOptions = {}): Started => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { ...base, ...env } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk) => out.push(chunk));
    child.stderr.on("data", (chunk) => err.push(chunk));
    // A command that rejects its arguments does not read its input.
    child.stdin.on("error", () => undefined);
    if (input !== undefined) child.stdin.end(input);
    const finished = new Promise<Outcome>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) =>
        resolve({
          code,
          stdout: Buffer.concat(out).toString("utf8"),
          stderr: Buffer.concat(err).toString("utf8"),
        }),
      );
    });
    return { child, finished };
  };
  return {
    folder,
    path: (...names) => join(folder, ...names),
    start,
    run: (args, { input = "", env = {} } = {}) =>
      runInProcess(args, { cwd: folder, env: { ...base, ...env }, input }),
  };
}

/** Expects the command to succeed. Returns its stdout. */
export function expectDone(outcome: Outcome): string {
  expect(outcome.stderr).not.toContain("glm-eval:");
  expect(outcome.code).toBe(0);
  return outcome.stdout;
}

/**
 * Expects the command to fail with this exit code and exactly one message, without a stack trace: its first line says what is
 * wrong, its second what to do. Together they contain all `parts`.
 */
export function expectRefused(outcome: Outcome, code: number, ...parts: readonly (string | RegExp)[]): void {
  const lines = outcome.stderr.trimEnd().split("\n");
  const at = lines.findIndex((line) => line.startsWith("glm-eval: "));
  expect(outcome.stderr).not.toMatch(/\n\s+at /);
  expect(lines.filter((line) => line.startsWith("glm-eval: "))).toHaveLength(1);
  for (const part of parts)
    expect(lines.slice(at).join("\n")).toMatch(part instanceof RegExp ? part : literal(part));
  expect(lines.slice(at)).toHaveLength(2);
  expect(lines[at + 1]).toMatch(/^ {2}\S/);
  expect(outcome.code).toBe(code);
}

export function jsonLines<T>(text: string): T[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
}
