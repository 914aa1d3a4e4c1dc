import { type FileHandle, open } from "node:fs/promises";
import { snakeKeys } from "../json.js";
import type { AnswerScore } from "../scoring/index.js";

/** What is known of one scored question: all that the model was asked for, before any convention is applied. */
export interface JournalEntry {
  /** "boolq/p4/17" */
  readonly id: string;
  readonly answers: readonly AnswerScore[];
  /** tokens that truncation removed, the most of any answer's text */
  readonly cut: number;
  /** few-shot examples that were left out to make the text fit, the most of any answer's text */
  readonly shotsDropped?: number;
}

/** Appends one line a scored question to a file, and hands each batch to the disk before it counts. */
export class Journal {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<Journal> {
    return new Journal(await open(path, "a"));
  }

  async append(model: string, entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const lines = entries.map((entry) => `${JSON.stringify(snakeKeys({ model, ...entry }))}\n`);
    await this.#file.appendFile(lines.join(""));
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
