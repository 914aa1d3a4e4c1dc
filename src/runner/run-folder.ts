import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../errors.js";
import type { Sample } from "./evaluate.js";
import { Journal, type JournalEntry } from "./journal.js";

/**
 * The folder of one run: run.json (what was asked of what), journal.jsonl (one line a scored question, on the disk
 * before it counts), samples/<task>.jsonl, results.json, results.csv. Opened before the model is loaded, so that a
 * folder that cannot be written costs nothing.
 */
export class RunFolder {
  readonly path: string;
  readonly #journal: Journal;

  private constructor(folder: string, journal: Journal) {
    this.path = folder;
    this.#journal = journal;
  }

  /** @throws GlmEvalError("usage") where the folder already holds something, GlmEvalError("data") where it cannot be made */
  static async create(folder: string): Promise<RunFolder> {
    const absolute = path.resolve(folder);
    try {
      await mkdir(path.join(absolute, "samples"), { recursive: true });
    } catch (error) {
      throw new GlmEvalError(
        "data",
        `the output folder ${folder} cannot be written: ${(error as Error).message}`,
        {
          hint: "--output names another folder.",
        },
      );
    }
    const held = (await readdir(absolute)).filter((name) => name !== "samples");
    if (held.length > 0)
      throw new GlmEvalError("usage", `the output folder ${folder} is not empty (it holds ${held[0]})`, {
        hint: "Every run has a folder of its own: --output names another one.",
      });
    try {
      return new RunFolder(absolute, await Journal.open(path.join(absolute, "journal.jsonl")));
    } catch (error) {
      throw new GlmEvalError(
        "data",
        `the output folder ${folder} cannot be written: ${(error as Error).message}`,
        {
          hint: "--output names another folder.",
        },
      );
    }
  }

  async append(entries: readonly JournalEntry[]): Promise<void> {
    await this.#journal.append(entries);
  }

  async appendSamples(task: string, samples: readonly Sample[]): Promise<void> {
    const lines = samples.map((sample) => `${JSON.stringify(encodeSample(sample))}\n`).join("");
    await writeFile(path.join(this.path, "samples", `${task}.jsonl`), lines, { flag: "a" });
  }

  /** Writes a file whole: a reader never sees half of one. */
  async write(name: string, text: string): Promise<void> {
    const file = path.join(this.path, name);
    await writeFile(`${file}.partial`, text);
    await rename(`${file}.partial`, file);
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }
}

/** Samples on disk have the snake_case names of the score command's JSON lines. */
function encodeSample({ answers, ...sample }: Sample): unknown {
  return {
    ...sample,
    answers: answers.map((answer) => ({
      answer: answer.text,
      ...(answer.label !== undefined && { label: answer.label }),
      score: answer.score,
      token_ids: answer.tokenIds,
      token_log_probs: answer.tokenLogProbs,
      end_of_piece_log_prob: answer.endOfPieceLogProb,
    })),
  };
}
