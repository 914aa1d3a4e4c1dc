import { existsSync } from "node:fs";
import { access, constants, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { formatSample, type Sample } from "../../results/index.js";
import {
  Journal,
  type JournalContent,
  type JournalEntry,
  readJournal,
  type ScoredQuestions,
} from "./journal.js";
import { type QuestionRecord, questionLine } from "./question.js";
import { runFile } from "./run-file-errors.js";
import { lockRun, otherWriter, type RunLock } from "./run-lock.js";
import { parseRunRecord, type RunRecord } from "./run-record.js";

/** What an earlier process left of a run. */
interface Earlier {
  readonly record: RunRecord;
  readonly journal: JournalContent;
}

/**
 * The folder of one run. Its record is run.json (what was asked of what), questions/<task>.jsonl and journal.jsonl (one
 * line a scored question and model, on the disk before it counts); made of it are samples/<task>.jsonl, results.json and
 * results.csv. It is opened before the model is loaded, so that a folder that cannot be written costs nothing, and
 * written to from the first `write` or `append` on: until then a new run leaves no trace, and one that is resumed stays
 * as it is.
 */
export class RunFolder {
  readonly path: string;
  /** what is gone on with; undefined for a new run */
  readonly earlier: Earlier | undefined;
  readonly #made: readonly string[];
  /** files of lines that this process has begun */
  readonly #begun = new Set<string>();
  /** tasks and patterns whose questions this process has written */
  readonly #asked = new Set<string>();
  #journal: Journal | undefined;
  #lock: RunLock | undefined;

  /** whether scores are kept in it; not where only results are, made of another run's scores */
  readonly #hasJournal: boolean;

  private constructor(
    folder: string,
    earlier: Earlier | undefined,
    { made = [], hasJournal = true }: { made?: readonly string[]; hasJournal?: boolean } = {},
  ) {
    this.path = folder;
    this.earlier = earlier;
    this.#made = made;
    this.#hasJournal = hasJournal;
  }

  /**
   * The folder of a new run.
   * @param options.hasJournal whether scores will be kept in it (default true)
   * @throws GlmEvalError (usage) where it already holds something or cannot be written
   */
  static async create(folder: string, { hasJournal = true } = {}): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    const hint = "Name another folder with --output: every run has its own.";
    try {
      const made = await makeFolder(absolute);
      const held = (await readdir(absolute)).filter((name) => name !== "run.json.partial");
      if (held.includes("run.json"))
        throw new GlmEvalError("run-exists", `the output folder ${folder} holds a run already`, {
          hint: "--resume continues it. For a new run, name another folder with --output.",
        });
      if (held.length > 0)
        throw new GlmEvalError(
          "run-folder-not-empty",
          `the output folder ${folder} is not empty (it holds ${held[0]})`,
          {
            hint,
          },
        );
      await access(absolute, constants.W_OK);
      return new RunFolder(absolute, undefined, { made, hasJournal });
    } catch (error) {
      if (error instanceof GlmEvalError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      const isFile = code === "ENOTDIR" || code === "EEXIST";
      const why = isFile ? "there is a file in its place" : message;
      throw new GlmEvalError("output-not-writable", `the output folder ${folder} cannot be written: ${why}`, {
        hint,
        cause: error,
      });
    }
  }

  /**
   * The folder of a run that was stopped, however it was.
   * @throws GlmEvalError (usage) where there is no run in it or another process writes to it now, (data) where its
   *   run.json is damaged or of another version
   */
  static async resume(folder: string): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    const file = path.join(absolute, "run.json");
    const read = readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
      const found = existsSync(absolute) ? "it has no run.json" : "there is no such folder";
      throw new GlmEvalError("run-not-found", `there is no run to resume in ${folder}: ${found}`, {
        hint: "--output names the folder of the run that was stopped. Without --resume a new run begins.",
      });
    });
    const text = await runFile(file, () => read);
    const record = parseRunRecord(text, file);
    const writer = await otherWriter(absolute);
    if (writer !== undefined)
      throw new GlmEvalError(
        "run-in-progress",
        `the run in ${folder} is still going on (process ${writer})`,
        {
          hint: "Let it finish, or stop it and resume the run then.",
        },
      );
    const journal = await readJournal(path.join(absolute, "journal.jsonl"));
    return new RunFolder(absolute, { record, journal });
  }

  /** Whether this process has written something that is worth going on with. */
  get isChanged(): boolean {
    return this.#lock !== undefined;
  }

  /** What earlier processes scored with a model of the run. */
  scored(model: string): ScoredQuestions {
    return this.earlier?.journal.models.get(model) ?? new Map();
  }

  /**
   * Keeps what was scored.
   * @param model the model's name in this run: every line begins with it
   * @throws GlmEvalError (data) where the disk is full or fails, or another process goes on with the run as well
   */
  async append(model: string, entries: readonly JournalEntry[]): Promise<void> {
    await this.#begin();
    await this.#journal!.append(model, entries);
  }

  /** Every model's samples of a task are in one file, so that they can be laid side by side by their ids. */
  async appendSamples(task: string, samples: readonly Sample[]): Promise<void> {
    await this.#appendLines("samples", task, samples.map(formatSample));
  }

  /** The questions of one of a task's patterns: once, whichever model is the first that could be asked all of them. */
  async appendQuestions(task: string, questions: readonly QuestionRecord[]): Promise<void> {
    const key = JSON.stringify([task, questions[0]?.pattern]);
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    await this.#appendLines("questions", task, questions.map(questionLine));
  }

  /** Writes a file whole: a reader never sees half of one, whatever happens. */
  async write(name: string, text: string): Promise<void> {
    const file = path.join(this.path, name);
    await writeWhole(file, text);
    await this.#begin();
  }

  async close(): Promise<void> {
    await this.#journal?.close();
    await this.#lock?.release();
    if (this.isChanged || this.earlier) return;
    // Another run may have begun in a parent meanwhile: only empty folders go.
    for (const folder of [...this.#made].reverse()) await rmdir(folder).catch(() => undefined);
  }

  async #begin(): Promise<void> {
    if (this.#lock !== undefined) return;
    const file = path.join(this.path, "journal.jsonl");
    if (this.earlier && this.earlier.journal.damaged.length > 0)
      await writeWhole(file, this.earlier.journal.whole);
    this.#lock = await lockRun(this.path);
    for (const name of this.#hasJournal ? ["questions", "samples"] : ["samples"]) {
      const lines = path.join(this.path, name);
      await runFile(lines, () => mkdir(lines, { recursive: true }));
    }
    if (this.#hasJournal) this.#journal = await Journal.open(file);
  }

  /** What an earlier process wrote is written again, from the journal. */
  async #appendLines(kind: "questions" | "samples", task: string, lines: readonly string[]): Promise<void> {
    await this.#begin();
    await this.#journal?.checkAlone();
    const file = path.join(this.path, kind, `${task}.jsonl`);
    const flag = this.#begun.has(file) ? "a" : "w";
    this.#begun.add(file);
    await runFile(file, () => writeFile(file, lines.map((line) => `${line}\n`).join(""), { flag }));
  }
}

async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await runFile(partial, () => writeFile(partial, content, { flush: true }));
    await runFile(file, () => rename(partial, file));
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
