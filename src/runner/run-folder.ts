import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../errors.js";
import { snakeKeys } from "../json.js";
import { Journal, type JournalEntry } from "./journal.js";
import type { Sample } from "./samples.js";

/**
 * The folder of one run: run.json (what was asked of what), journal.jsonl (one line a scored question and model, on the disk
 * before it counts), samples/<task>.jsonl, results.json, results.csv. Opened before the model is loaded, so that a
 * folder that cannot be written costs nothing; a run that writes nothing into it leaves no trace.
 */
export class RunFolder {
  readonly path: string;
  readonly #journal: Journal;
  readonly #made: readonly string[];
  #used = false;

  private constructor(folder: string, journal: Journal, made: readonly string[]) {
    this.path = folder;
    this.#journal = journal;
    this.#made = made;
  }

  /** @throws GlmEvalError("usage") where the folder already holds something or cannot be written */
  static async create(folder: string): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    const hint = "Every run has a folder of its own: --output names another one.";
    try {
      const made = await makeFolder(absolute);
      const [held] = await readdir(absolute);
      if (held !== undefined)
        throw new GlmEvalError("usage", `the output folder ${folder} is not empty (it holds ${held})`, {
          hint,
        });
      await mkdir(path.join(absolute, "samples"));
      return new RunFolder(absolute, await Journal.open(path.join(absolute, "journal.jsonl")), made);
    } catch (error) {
      if (error instanceof GlmEvalError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      const isFile = code === "ENOTDIR" || code === "EEXIST";
      const why = isFile ? "there is a file in its place" : message;
      throw new GlmEvalError("usage", `the output folder ${folder} cannot be written: ${why}`, {
        hint,
        cause: error,
      });
    }
  }

  /** @param model the model's name in this run: every line begins with it */
  async append(model: string, entries: readonly JournalEntry[]): Promise<void> {
    this.#used = true;
    await this.#journal.append(model, entries);
  }

  /** Every model's samples of a task are in one file, so that they can be laid side by side by their ids. */
  async appendSamples(model: string, task: string, samples: readonly Sample[]): Promise<void> {
    const lines = samples.map((sample) => `${JSON.stringify(snakeKeys({ model, ...sample }))}\n`).join("");
    await writeFile(path.join(this.path, "samples", `${task}.jsonl`), lines, { flag: "a" });
  }

  /** Writes a file whole: a reader never sees half of one. */
  async write(name: string, text: string): Promise<void> {
    this.#used = true;
    const file = path.join(this.path, name);
    await writeFile(`${file}.partial`, text);
    await rename(`${file}.partial`, file);
  }

  async close(): Promise<void> {
    await this.#journal.close();
    if (this.#used) return;
    await rm(path.join(this.path, "journal.jsonl"), { force: true });
    await rmdir(path.join(this.path, "samples"));
    // Another run may have begun in a parent meanwhile: only empty folders go.
    for (const folder of [...this.#made].reverse()) await rmdir(folder).catch(() => undefined);
  }
}

/**
 * Makes a folder and the parents that it lacks, and returns those that were made, outermost first. (Node's own
 * recursive mkdir never returns where the system says ENOENT for a parent that is there, as in /proc.)
 */
export async function makeFolder(folder: string): Promise<string[]> {
  if (existsSync(folder)) return [];
  const parents = await makeFolder(path.dirname(folder));
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return [...parents, folder];
}
