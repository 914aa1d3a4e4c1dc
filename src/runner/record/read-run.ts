import { createReadStream, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { nearFiles, shellWords } from "../../hints.js";
import { fromJson, parseSample, type RunResults, type Sample } from "../../results/index.js";
import { parseQuestion, type QuestionRecord } from "./question.js";
import { accessRunFile } from "./run-file-errors.js";
import { findOtherWriter } from "./run-lock.js";
import { parseRunRecord, type RunRecord } from "./run-record.js";

/** A run's folder, opened for reading: nothing in it is changed. */
export interface RecordedRun {
  /** as given by the user */
  readonly folder: string;
  readonly record: RunRecord;
}

/** Whether a path is the folder of a run rather than of a model. */
export function isRunFolder(folder: string): boolean {
  return existsSync(path.join(folder, "run.json"));
}

/**
 * Opens a run's folder to judge, compare or report it.
 * @throws GlmEvalError (usage) if the folder has no run, or one that another process is writing to; (data) if its run.json
 *   is damaged or of another version
 *
 * @example
 * const { record } = await readRun("runs/large");
 * console.log(record.models.map(({ name }) => name), record.conventions.protocol);
 */
export async function readRun(folder: string): Promise<RecordedRun> {
  const file = path.join(folder, "run.json");
  if (!isRunFolder(folder)) {
    const found = existsSync(folder) ? "it has no run.json" : "there is no such folder";
    throw new GlmEvalError("run-not-found", `${folder} is not the folder of a run: ${found}`, {
      hint:
        (existsSync(folder) ? undefined : nearFiles(folder, [])) ??
        "Pass a folder written by `glm-eval run` or `glm-eval superglue` (results/<time>-<model>, or its --output).",
    });
  }
  const record = parseRunRecord(await accessRunFile(file, () => readFile(file, "utf8")), file);
  const writer = await findOtherWriter(folder);
  if (writer !== undefined)
    throw new GlmEvalError(
      "run-in-progress",
      `the run in ${folder} is still in progress (process ${writer})`,
      {
        hint: "Wait for it to finish, or stop it.",
      },
    );
  return { folder, record };
}

/**
 * Reads the results of a finished run.
 * @throws GlmEvalError (data) if there are none yet, or the file is damaged
 *
 * @example
 * const { tasks } = await readResults(await readRun("runs/large"));
 * for (const { task, pattern, metrics } of tasks) console.log(task, pattern, metrics[0]?.value);
 */
export async function readResults({ folder }: RecordedRun): Promise<RunResults> {
  const file = path.join(folder, "results.json");
  if (!existsSync(file))
    throw new GlmEvalError(
      "run-unfinished",
      `the run in ${folder} has no results: it was stopped before it finished`,
      {
        hint: `Resume it (the same command with --resume), or judge what was scored: ${shellWords(["glm-eval", "judge", folder])}`,
      },
    );
  return fromJson(await accessRunFile(file, () => readFile(file, "utf8")), file);
}

/**
 * Reads all models' samples of a task, in the order written; none if the task was not judged.
 * @throws GlmEvalError (data) with the line that is damaged
 *
 * @example
 * const samples = await readSamples(await readRun("runs/large"), "copa");
 * console.log(samples.filter(({ predicted, label }) => predicted !== label).map(({ text }) => text));
 */
export function readSamples(run: RecordedRun, task: string): Promise<Sample[]> {
  return readLines(path.join(run.folder, "samples", `${task}.jsonl`), parseSample);
}

/**
 * Reads a task's questions by pattern, each pattern's in the order of the data.
 * @throws GlmEvalError (data) with the line that is damaged
 */
export async function readQuestions(
  run: RecordedRun,
  task: string,
): Promise<ReadonlyMap<string, readonly QuestionRecord[]>> {
  const byPattern = new Map<string, QuestionRecord[]>();
  for (const question of await readLines(
    path.join(run.folder, "questions", `${task}.jsonl`),
    parseQuestion,
  )) {
    const own = byPattern.get(question.pattern);
    if (own) own.push(question);
    else byPattern.set(question.pattern, [question]);
  }
  return byPattern;
}

async function readLines<T>(file: string, parse: (line: string) => T | undefined): Promise<T[]> {
  if (!existsSync(file)) return [];
  const found: T[] = [];
  // Lines are split manually: a JSON string may contain U+2028, at which readline splits.
  await accessRunFile(file, async () => {
    let rest = "";
    for await (const chunk of createReadStream(file, { encoding: "utf8" })) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      for (const line of lines) found.push(parse(line) ?? damaged(file, found.length + 1));
    }
    if (rest !== "") damaged(file, found.length + 1);
  });
  return found;
}

function damaged(file: string, line: number): never {
  throw new GlmEvalError("run-damaged", `${file}:${line} is damaged`, {
    hint: "Rerun the command with --resume: it recreates the file from the journal.",
  });
}
