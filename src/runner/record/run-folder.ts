import { existsSync } from "node:fs";
import { access, constants, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { snakeKeys } from "../../json.js";
import type { Sample } from "../judge/samples.js";
import {
  Journal,
  type JournalContent,
  type JournalEntry,
  readJournal,
  type ScoredQuestions,
} from "./journal.js";
import { kept } from "./run-file-errors.js";

/** What an earlier process left of a run. */
interface Earlier {
  /** run.json, parsed */
  readonly record: object;
  readonly journal: JournalContent;
}

/**
 * The folder of one run: run.json (what was asked of what), journal.jsonl (one line a scored question and model, on the
 * disk before it counts), samples/<task>.jsonl, results.json, results.csv. Opened before the model is loaded, so that a
 * folder that cannot be written costs nothing, and written to from the first `write` or `append` on: until then a new
 * run leaves no trace, and one that is gone on with stays as it is.
 */
export class RunFolder {
  readonly path: string;
  /** what is gone on with; undefined for a new run */
  readonly earlier: Earlier | undefined;
  readonly #made: readonly string[];
  readonly #samples = new Set<string>();
  #journal: Journal | undefined;

  private constructor(folder: string, earlier: Earlier | undefined, made: readonly string[]) {
    this.path = folder;
    this.earlier = earlier;
    this.#made = made;
  }

  /** The folder of a new run. @throws GlmEvalError("usage") where it already holds something or cannot be written */
  static async create(folder: string): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    const hint = "Every run has a folder of its own: --output names another one.";
    try {
      const made = await makeFolder(absolute);
      const held = (await readdir(absolute)).filter((name) => name !== "run.json.partial");
      if (held.includes("run.json"))
        throw new GlmEvalError("usage", `the output folder ${folder} holds a run already`, {
          hint: "--resume goes on with it; a new run has a folder of its own: --output names another one.",
        });
      if (held.length > 0)
        throw new GlmEvalError("usage", `the output folder ${folder} is not empty (it holds ${held[0]})`, {
          hint,
        });
      await access(absolute, constants.W_OK);
      return new RunFolder(absolute, undefined, made);
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

  /**
   * The folder of a run that was stopped, however it was.
   * @throws GlmEvalError("usage") where there is no run in it, "data" where its run.json is damaged
   */
  static async resume(folder: string): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    const file = path.join(absolute, "run.json");
    const read = readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
      const found = existsSync(absolute) ? "it has no run.json" : "there is no such folder";
      throw new GlmEvalError("usage", `there is no run to go on with in ${folder}: ${found}`, {
        hint: "--output names the folder of the run that was stopped. Without --resume a new run begins.",
      });
    });
    const text = await kept(file, () => read);
    const record = parseRecord(text);
    if (record === undefined)
      throw new GlmEvalError("data", `${file} is damaged: found what is no JSON object`, {
        hint: "What was scored cannot be trusted without it: begin a new run with another --output.",
      });
    const journal = await readJournal(path.join(absolute, "journal.jsonl"));
    return new RunFolder(absolute, { record, journal }, []);
  }

  /** Whether this process has written something that is worth going on with. */
  get isChanged(): boolean {
    return this.#journal !== undefined;
  }

  /** What earlier processes scored with a model of the run. */
  scored(model: string): ScoredQuestions {
    return this.earlier?.journal.models.get(model) ?? new Map();
  }

  /**
   * Keeps what was scored.
   * @param model the model's name in this run: every line begins with it
   * @throws GlmEvalError("data") where the disk is full or fails, or another process goes on with the run as well
   */
  async append(model: string, entries: readonly JournalEntry[]): Promise<void> {
    const journal = await this.#begin();
    await journal.append(model, entries);
  }

  /** Every model's samples of a task are in one file, so that they can be laid side by side by their ids. */
  async appendSamples(model: string, task: string, samples: readonly Sample[]): Promise<void> {
    await (await this.#begin()).checkAlone();
    const lines = samples.map((sample) => `${JSON.stringify(snakeKeys({ model, ...sample }))}\n`).join("");
    const file = path.join(this.path, "samples", `${task}.jsonl`);
    // What an earlier process wrote is written again, from the journal.
    const flag = this.#samples.has(task) ? "a" : "w";
    this.#samples.add(task);
    await kept(file, () => writeFile(file, lines, { flag }));
  }

  /** Writes a file whole: a reader never sees half of one, whatever happens. */
  async write(name: string, text: string): Promise<void> {
    const file = path.join(this.path, name);
    await writeWhole(file, text);
    await this.#begin();
  }

  async close(): Promise<void> {
    await this.#journal?.close();
    if (this.isChanged || this.earlier) return;
    // Another run may have begun in a parent meanwhile: only empty folders go.
    for (const folder of [...this.#made].reverse()) await rmdir(folder).catch(() => undefined);
  }

  async #begin(): Promise<Journal> {
    if (this.#journal !== undefined) return this.#journal;
    const file = path.join(this.path, "journal.jsonl");
    const samples = path.join(this.path, "samples");
    if (this.earlier && this.earlier.journal.damaged.length > 0)
      await writeWhole(file, this.earlier.journal.whole);
    await kept(samples, () => mkdir(samples, { recursive: true }));
    this.#journal = await Journal.open(file);
    return this.#journal;
  }
}

function parseRecord(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await kept(partial, () => writeFile(partial, content, { flush: true }));
    await kept(file, () => rename(partial, file));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
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
