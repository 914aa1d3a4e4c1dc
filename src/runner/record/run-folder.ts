import { existsSync } from "node:fs";
import { access, constants, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { makeFolder } from "../../fetch/cache/index.js";
import { nearFiles } from "../../hints.js";
import { formatSample, type Sample } from "../../results/index.js";
import {
  Journal,
  type JournalContent,
  type JournalEntry,
  readJournal,
  type ScoredQuestions,
} from "./journal.js";
import { formatQuestion, type QuestionRecord } from "./question.js";
import { accessRunFile } from "./run-file-errors.js";
import { findOtherWriter, lockRun, type RunLock } from "./run-lock.js";
import { parseRunRecord, type RunRecord } from "./run-record.js";

/** The part of a run left by an earlier process. */
interface Earlier {
  readonly record: RunRecord;
  readonly journal: JournalContent;
}

/**
 * The folder of one run. Its record is run.json (options, models and tasks), questions/<task>.jsonl and journal.jsonl (one
 * line per scored question and model, flushed to disk before it counts as scored); samples/<task>.jsonl, results.json and
 * results.csv are derived from it. The folder is opened before the model is loaded, so that an unwritable folder wastes no
 * time, but it is written to only from the first `write` or `append` on: until then a new run leaves no trace, and a
 * resumed one is unchanged.
 */
export class RunFolder {
  readonly path: string;
  /** the run that is resumed; undefined for a new run */
  readonly earlier: Earlier | undefined;
  readonly #made: readonly string[];
  /** JSON lines files that this process has started */
  readonly #started = new Set<string>();
  /** tasks and patterns whose questions this process has written */
  readonly #written = new Set<string>();
  #journal: Journal | undefined;
  #lock: RunLock | undefined;

  /** whether it holds scores; false if it holds only results, made from another run's scores */
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
   * Creates the folder of a new run.
   * @param options.hasJournal whether it will hold scores (default true)
   * @throws GlmEvalError (usage) if it is not empty or not writable
   */
  static async create(folder: string, { hasJournal = true } = {}): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    const hint = "Choose another folder with --output: every run needs its own.";
    try {
      const made = await makeFolder(absolute);
      const names = (await readdir(absolute)).filter((name) => name !== "run.json.partial");
      if (names.includes("run.json"))
        throw new GlmEvalError("run-exists", `the output folder ${folder} already contains a run`, {
          hint: "Pass --resume to continue it. For a new run, choose another folder with --output.",
        });
      if (names.length > 0)
        throw new GlmEvalError(
          "run-folder-not-empty",
          `the output folder ${folder} is not empty (it contains ${names[0]})`,
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
      throw new GlmEvalError("output-not-writable", `the output folder ${folder} is not writable: ${why}`, {
        hint,
        cause: error,
      });
    }
  }

  /**
   * Opens the folder of a run that was stopped, in whatever way.
   * @throws GlmEvalError (usage) if there is no run in it or another process is writing to it, (data) if its run.json is
   *   damaged or of another version
   */
  static async resume(folder: string): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    const file = path.join(absolute, "run.json");
    const read = readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
      const found = existsSync(absolute) ? "it has no run.json" : "there is no such folder";
      throw new GlmEvalError("run-not-found", `there is no run to resume in ${folder}: ${found}`, {
        hint: [
          existsSync(absolute) ? undefined : nearFiles(folder, []),
          "Pass the folder of the stopped run with --output, or start a new run without --resume.",
        ]
          .filter(Boolean)
          .join(" "),
      });
    });
    const text = await accessRunFile(file, () => read);
    const record = parseRunRecord(text, file);
    const writer = await findOtherWriter(absolute);
    if (writer !== undefined)
      throw new GlmEvalError(
        "run-in-progress",
        `the run in ${folder} is still in progress (process ${writer})`,
        {
          hint: "Let it finish, or stop it, then rerun with --resume.",
        },
      );
    const journal = await readJournal(path.join(absolute, "journal.jsonl"));
    return new RunFolder(absolute, { record, journal });
  }

  /** Whether this process has written anything worth resuming. */
  get isChanged(): boolean {
    return this.#lock !== undefined;
  }

  /** Returns the questions that earlier processes scored with a model of the run. */
  scored(model: string): ScoredQuestions {
    return this.earlier?.journal.models.get(model) ?? new Map();
  }

  /**
   * Saves scored questions.
   * @param model the model's name in this run: every line starts with it
   * @throws GlmEvalError (data) if the disk is full or fails, or another process has also resumed the run
   */
  async append(model: string, entries: readonly JournalEntry[]): Promise<void> {
    await this.#start();
    await this.#journal!.append(model, entries);
  }

  /** Appends samples. All models' samples of a task are in one file, so that they can be compared by id. */
  async appendSamples(task: string, samples: readonly Sample[]): Promise<void> {
    await this.#appendLines("samples", task, samples.map(formatSample));
  }

  /** Appends the questions of one of a task's patterns: once, for the first model that scored all of them. */
  async appendQuestions(task: string, questions: readonly QuestionRecord[]): Promise<void> {
    const key = JSON.stringify([task, questions[0]?.pattern]);
    if (this.#written.has(key)) return;
    this.#written.add(key);
    await this.#appendLines("questions", task, questions.map(formatQuestion));
  }

  /** Writes a file atomically: a reader never sees a partial file. */
  async write(name: string, text: string): Promise<void> {
    const file = path.join(this.path, name);
    await writeAtomically(file, text);
    await this.#start();
  }

  async close(): Promise<void> {
    await this.#journal?.close();
    await this.#lock?.release();
    if (this.isChanged || this.earlier) return;
    // Another run may have started in a parent folder in the meantime: remove only empty folders.
    for (const folder of [...this.#made].reverse()) await rmdir(folder).catch(() => undefined);
  }

  async #start(): Promise<void> {
    if (this.#lock !== undefined) return;
    const file = path.join(this.path, "journal.jsonl");
    if (this.earlier && this.earlier.journal.damaged.length > 0)
      await writeAtomically(file, this.earlier.journal.intact);
    this.#lock = await lockRun(this.path);
    for (const name of this.#hasJournal ? ["questions", "samples"] : ["samples"]) {
      const lines = path.join(this.path, name);
      await accessRunFile(lines, () => makeFolder(lines));
    }
    if (this.#hasJournal) this.#journal = await Journal.open(file);
  }

  /** Appends lines to a file. A file from an earlier process is overwritten first: its lines come again from the journal. */
  async #appendLines(kind: "questions" | "samples", task: string, lines: readonly string[]): Promise<void> {
    await this.#start();
    await this.#journal?.checkAlone();
    const file = path.join(this.path, kind, `${task}.jsonl`);
    const flag = this.#started.has(file) ? "a" : "w";
    this.#started.add(file);
    await accessRunFile(file, () => writeFile(file, lines.map((line) => `${line}\n`).join(""), { flag }));
  }
}

async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await accessRunFile(partial, () => writeFile(partial, content, { flush: true }));
    await accessRunFile(file, () => rename(partial, file));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}
