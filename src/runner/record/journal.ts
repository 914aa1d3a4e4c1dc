import { existsSync } from "node:fs";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { z } from "zod";
import { GlmEvalError } from "../../errors.js";
import { camelKeys, snakeKeys } from "../../json.js";
import type { AnswerScore } from "../../scoring/index.js";
import { accessRunFile } from "./run-file-errors.js";

/** The model's scores of one answer, with the text of its tokens, so that judging needs no tokenizer. */
export interface JournalAnswer extends AnswerScore {
  readonly tokens: readonly string[];
}

/** One scored question: everything that was computed by the model, before any convention is applied. */
export interface JournalEntry {
  /** "boolq/p4/17" */
  readonly id: string;
  readonly answers: readonly JournalAnswer[];
  /** tokens removed by truncation: the maximum over the answers' texts */
  readonly cut: number;
  /** few-shot examples dropped to make the text fit: the maximum over the answers' texts */
  readonly shotsDropped?: number;
  /** why it could not be scored, if such examples are left out (`--on-error skip`); it then has no answers */
  readonly skipped?: string;
}

/** A model's scored questions, by id. */
export type ScoredQuestions = ReadonlyMap<string, JournalEntry>;

/** The content of a journal. */
export interface JournalContent {
  /** by the model's name in the run */
  readonly models: ReadonlyMap<string, ScoredQuestions>;
  /** its intact lines, byte for byte */
  readonly intact: Uint8Array;
  /** numbers of the other lines, from 1: truncated by a kill, or damaged later */
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

/** Reads a journal line by line: damage to one line does not affect the others. */
export async function readJournal(file: string): Promise<JournalContent> {
  // A run that was killed before its first question has none.
  const bytes = existsSync(file) ? await accessRunFile(file, () => readFile(file)) : Buffer.alloc(0);
  const models = new Map<string, Map<string, JournalEntry>>();
  const intact: Buffer[] = [];
  const damaged: number[] = [];
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf("\n", start);
    const end = newline < 0 ? bytes.length : newline + 1;
    // A line without a newline may be the start of a longer one.
    const read = newline < 0 ? undefined : parseLine(bytes.toString("utf8", start, newline));
    if (read === undefined) damaged.push(number);
    else {
      const { model, ...entry } = read;
      intact.push(bytes.subarray(start, end));
      if (!models.has(model)) models.set(model, new Map());
      models.get(model)!.set(entry.id, entry);
    }
    start = end;
  }
  return { models, intact: damaged.length === 0 ? bytes : Buffer.concat(intact), damaged };
}

function parseLine(text: string): z.output<typeof line> | undefined {
  try {
    return line.safeParse(camelKeys(JSON.parse(text))).data;
  } catch {
    return undefined;
  }
}

/** Appends one line per scored question to a file, and flushes each batch to disk before it counts as scored. */
export class Journal {
  readonly #path: string;
  readonly #file: FileHandle;
  /** size in bytes, as this process left it */
  #size: number;

  private constructor(path: string, file: FileHandle, size: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  /** @throws GlmEvalError (data) if the system refuses */
  static async open(path: string): Promise<Journal> {
    const file = await accessRunFile(path, () => open(path, "a"));
    return new Journal(path, file, (await file.stat()).size);
  }

  /**
   * @throws GlmEvalError (data) if the disk is full or fails, or another process also writes to the file: earlier lines
   *   are kept, and a truncated last line is recognized by its missing newline
   */
  async append(model: string, entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const lines = entries.map((entry) => `${JSON.stringify(snakeKeys({ model, ...entry }))}\n`);
    const bytes = Buffer.from(lines.join(""));
    await this.checkAlone();
    await accessRunFile(this.#path, async () => {
      await this.#file.appendFile(bytes);
      await this.#file.datasync();
    });
    this.#size += bytes.length;
  }

  /** Detects that another process has resumed the same run: this one then fails, and the later one keeps the file. */
  async checkAlone(): Promise<void> {
    const [here, ours] = await Promise.all([
      stat(this.#path).catch(() => undefined),
      // Devices such as /dev/full have no meaningful size.
      this.#file.stat(),
    ]);
    if (here !== undefined && here.ino === ours.ino && (!ours.isFile() || ours.size === this.#size)) return;
    throw new GlmEvalError(
      "journal-changed",
      `${this.#path} was changed by another process while this one used it`,
      {
        hint: "Only one process may write to a run: let the other one finish, or stop it, then rerun with --resume.",
      },
    );
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
