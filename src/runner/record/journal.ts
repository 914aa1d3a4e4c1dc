import { existsSync } from "node:fs";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { z } from "zod";
import { GlmEvalError } from "../../errors.js";
import { camelKeys, snakeKeys } from "../../json.js";
import type { AnswerScore } from "../../scoring/index.js";
import { runFile } from "./run-file-errors.js";

/** What the model said of one answer, with the vocabulary's spelling of its tokens: judging needs no tokenizer. */
export interface JournalAnswer extends AnswerScore {
  readonly tokens: readonly string[];
}

/** What is known of one scored question: all that the model was asked for, before any convention is applied. */
export interface JournalEntry {
  /** "boolq/p4/17" */
  readonly id: string;
  readonly answers: readonly JournalAnswer[];
  /** tokens that truncation removed, the most of any answer's text */
  readonly cut: number;
  /** few-shot examples that were left out to make the text fit, the most of any answer's text */
  readonly shotsDropped?: number;
  /** why it could not be asked, where that leaves an example out (`--on-error skip`): it has no answers */
  readonly skipped?: string;
}

/** A model's scored questions, by their ids. */
export type ScoredQuestions = ReadonlyMap<string, JournalEntry>;

/** What a journal holds. */
export interface JournalContent {
  /** by the model's name in the run */
  readonly models: ReadonlyMap<string, ScoredQuestions>;
  /** its whole lines, byte for byte */
  readonly whole: Uint8Array;
  /** numbers of the other lines, from 1: one that a kill tore, or that was damaged later */
  readonly damaged: readonly number[];
}

const numbers = z.array(z.number());
const flags = z.array(z.boolean());

const line = z.object({
  model: z.string(),
  id: z.string(),
  answers: z.array(
    z.object({
      tokenIds: numbers,
      tokens: z.array(z.string()),
      tokenLogProbs: numbers,
      isGreedy: flags,
      closing: z.object({ tokenIds: numbers, logProbs: numbers, isGreedy: flags }),
    }),
  ),
  cut: z.number(),
  shotsDropped: z.number().exactOptional(),
  skipped: z.string().exactOptional(),
});

/** Reads a journal, each line for itself: what happened to one takes nothing from the others. */
export async function readJournal(file: string): Promise<JournalContent> {
  // A run that was killed before its first question has none.
  const bytes = existsSync(file) ? await runFile(file, () => readFile(file)) : Buffer.alloc(0);
  const models = new Map<string, Map<string, JournalEntry>>();
  const whole: Buffer[] = [];
  const damaged: number[] = [];
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf("\n", start);
    const end = newline < 0 ? bytes.length : newline + 1;
    // Without its newline a line may be the beginning of a longer one.
    const read = newline < 0 ? undefined : parseLine(bytes.toString("utf8", start, newline));
    if (read === undefined) damaged.push(number);
    else {
      const { model, ...entry } = read;
      whole.push(bytes.subarray(start, end));
      if (!models.has(model)) models.set(model, new Map());
      models.get(model)!.set(entry.id, entry);
    }
    start = end;
  }
  return { models, whole: damaged.length === 0 ? bytes : Buffer.concat(whole), damaged };
}

function parseLine(text: string): z.output<typeof line> | undefined {
  try {
    return line.safeParse(camelKeys(JSON.parse(text))).data;
  } catch {
    return undefined;
  }
}

/** Appends one line a scored question to a file, and hands each batch to the disk before it counts. */
export class Journal {
  readonly #path: string;
  readonly #file: FileHandle;
  /** bytes, as this process left it */
  #size: number;

  private constructor(path: string, file: FileHandle, size: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  /** @throws GlmEvalError (data) where the system refuses */
  static async open(path: string): Promise<Journal> {
    const file = await runFile(path, () => open(path, "a"));
    return new Journal(path, file, (await file.stat()).size);
  }

  /**
   * @throws GlmEvalError (data) where the disk is full or fails, or another process writes here too: what was appended
   *   before stays, and the torn line that may be left is known by its missing end
   */
  async append(model: string, entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const lines = entries.map((entry) => `${JSON.stringify(snakeKeys({ model, ...entry }))}\n`);
    const bytes = Buffer.from(lines.join(""));
    await this.checkAlone();
    await runFile(this.#path, async () => {
      await this.#file.appendFile(bytes);
      await this.#file.datasync();
    });
    this.#size += bytes.length;
  }

  /** A run that goes on twice at once: the one that went on last is left alone with it. */
  async checkAlone(): Promise<void> {
    const [here, ours] = await Promise.all([
      stat(this.#path).catch(() => undefined),
      // Of /dev/full and its like the size says nothing.
      this.#file.stat(),
    ]);
    if (here !== undefined && here.ino === ours.ino && (!ours.isFile() || ours.size === this.#size)) return;
    throw new GlmEvalError(
      "journal-changed",
      `${this.#path} was changed by another process while this one used it`,
      {
        hint: "Only one process may write to a run: let the other one finish, or stop it and rerun with --resume.",
      },
    );
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
