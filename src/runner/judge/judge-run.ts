import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import type { Conventions } from "../../options/index.js";
import type { Judged, RunResults, Sample, TaskResult } from "../../results/index.js";
import { recordedBaselines } from "../baseline-runs.js";
import { suiteResults } from "../evaluate.js";
import { type ModelEvaluation, runResults } from "../make-results.js";
import { type JournalContent, readJournal } from "../record/journal.js";
import { type RecordedRun, readQuestions } from "../record/read-run.js";
import type { ModelRecord, RunRecord, TaskRecord } from "../record/run-record.js";
import { calibrateCommand } from "../record/same-run.js";
import { judgedRecord, suiteOfRecord } from "../record/task-record.js";
import { CalibrationMissing, type JudgeOptions } from "./judge-pattern.js";
import { type AskedPattern, judgeTask, notScored } from "./judge-task.js";
import type { JudgedTask } from "./judged-task.js";
import { limitedBy } from "./limited-by.js";

/** What is judged otherwise than the run was; what is not given stays as it was. */
export interface JudgeChanges {
  readonly normalization?: Conventions["normalization"] | undefined;
  readonly aggregate?: Conventions["aggregate"] | undefined;
  readonly endOfPiece?: Conventions["endOfPiece"] | undefined;
  readonly calibration?: Conventions["calibration"] | undefined;
  /** only these of the patterns that were asked; all of them unless given */
  readonly patterns?: readonly string[] | undefined;
}

/** What judging a run again came to. */
export interface RunJudgement {
  readonly results: RunResults;
  /** the run's record with the conventions that were judged by */
  readonly record: RunRecord;
  /** what was predicted, of each model in the order of the record */
  readonly judged: readonly (readonly Judged[])[];
  /** lines of the journal that cannot be read, from 1 */
  readonly damaged: readonly number[];
}

/** What is judged otherwise, and who gets the samples. */
export interface JudgeRunOptions extends JudgeChanges {
  /** gets the samples of every model and pattern, task by task within a model */
  readonly onSamples?: ((task: string, samples: readonly Sample[]) => Promise<void>) | undefined;
}

/**
 * Makes a run's results again from its journal, without a model: with nothing changed the same ones, to the last byte.
 * @throws GlmEvalError (data) where the journal lacks scores that are needed, naming the first
 *
 * @example
 * const run = await readRun("runs/large");
 * for (const normalization of ["sum", "mean", "chars"] as const) {
 *   const { results } = await judgeRun(run, { normalization });
 *   console.log(normalization, results.tasks.map(({ metrics }) => metrics[0]?.value));
 * }
 */
export async function judgeRun(run: RecordedRun, options: JudgeRunOptions = {}): Promise<RunJudgement> {
  try {
    return await judgeAll(run, options);
  } catch (error) {
    const { record, folder } = run;
    if (!(error instanceof CalibrationMissing) || record.command.length === 0) throw error;
    const command = calibrateCommand(record, error.calibration, folder);
    throw new CalibrationMissing(error.calibration, error.question, command);
  }
}

async function judgeAll(run: RecordedRun, options: JudgeRunOptions): Promise<RunJudgement> {
  const { record } = run;
  if (record.judged !== undefined)
    throw new GlmEvalError("journal-not-found", `${run.folder} holds judged results, but no journal`, {
      hint: `Judge the run that it was made of: ${record.judged.run}`,
    });
  const conventions = changed(record.conventions, options);
  const tasks = record.tasks.map((task) => withPatterns(task, options.patterns));
  const journal = await readJournal(path.join(run.folder, "journal.jsonl"));
  const models = record.models.map((of): JudgedRecord => ({ of, tasks: [], judged: [] }));
  for (const task of tasks) {
    const isReady = task.status === "ready";
    const questions = isReady ? await readQuestions(run, task.name) : undefined;
    const judgedBy = isReady ? await judgedRecord(task) : undefined;
    const asked = task.patterns.flatMap((pattern): AskedPattern[] => {
      const own = questions?.get(pattern.id);
      return own === undefined ? [] : [{ pattern, questions: own }];
    });
    for (const model of models) {
      const judgement = await judgeOf(model.of, task, judgedBy, asked, journal, conventions, {
        ...options,
        fewshot: record.data.fewshot?.count,
        limited: limitedBy(record.data, dataOf(record, task)),
      });
      model.tasks.push(...judgement.results);
      model.judged.push(...judgement.judged);
    }
  }
  const now: RunRecord = { ...record, conventions, tasks };
  const names = record.models.map(({ name }) => name);
  // A run that was stopped may not have reached all of its models.
  const reached = models.filter(({ of }) => of.family !== undefined || of.error !== undefined);
  return {
    results: runResults(
      now,
      reached.map((model) => evaluationOf(model, record)),
      await recordedBaselines(record, names),
    ),
    record: now,
    judged: models.map(({ judged }) => judged),
    damaged: journal.damaged,
  };
}

/** A model of the record, and what is judged of it so far. */
interface JudgedRecord {
  readonly of: ModelRecord;
  readonly tasks: TaskResult[];
  readonly judged: Judged[];
}

function evaluationOf({ of, tasks, judged }: JudgedRecord, { suites }: RunRecord): ModelEvaluation {
  if (of.family === undefined) return { record: of };
  const done = tasks.filter(({ status }) => status === "done");
  return { record: of, evaluation: { tasks, judged, suites: suiteResults(suites.map(suiteOfRecord), done) } };
}

/** What the record says of the data file that a task's questions were made of. */
function dataOf({ data }: RunRecord, { name }: TaskRecord): RunRecord["data"]["files"][number] | undefined {
  return data.files.find(({ task, split }) => task === name && split === data.split);
}

function changed(conventions: RunRecord["conventions"], changes: JudgeChanges): RunRecord["conventions"] {
  const { normalization, aggregate, endOfPiece, calibration } = changes;
  const given = Object.entries({ normalization, aggregate, endOfPiece, calibration });
  return { ...conventions, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
}

/** @throws GlmEvalError (usage) where a pattern was asked by no task */
function withPatterns(task: TaskRecord, wanted: readonly string[] | undefined): TaskRecord {
  if (wanted === undefined || task.status !== "ready") return task;
  const patterns = wanted.map((id) => {
    const pattern = task.patterns.find((one) => one.id === id);
    if (pattern) return pattern;
    throw new GlmEvalError(
      "pattern-not-found",
      `the run did not ask ${task.name} by pattern ${JSON.stringify(id)}`,
      {
        hint: `It asked: ${task.patterns.map((one) => one.id).join(", ")}`,
      },
    );
  });
  return { ...task, patterns };
}

async function judgeOf(
  model: ModelRecord,
  task: TaskRecord,
  judgedBy: JudgedTask | undefined,
  asked: readonly AskedPattern[],
  journal: JournalContent,
  conventions: RunRecord["conventions"],
  options: JudgeRunOptions & Pick<JudgeOptions, "fewshot" | "limited">,
): Promise<{ results: readonly TaskResult[]; judged: readonly Judged[] }> {
  if (task.status !== "ready" || judgedBy === undefined)
    return {
      results: [notScored(task, task.status === "missing" ? "missing" : "failed", task.message ?? "")],
      judged: [],
    };
  if (model.family === undefined) return { results: [], judged: [] };
  const scored = journal.models.get(model.name) ?? new Map();
  const failure = model.failures?.find((one) => one.task === task.name);
  const missing = ({ questions }: AskedPattern) => questions.filter(({ id }) => !scored.has(id)).length;
  const whole = asked.filter((pattern) => missing(pattern) === 0);
  // What a run did not reach has no questions in its record; scores that are gone since are a loss.
  const lossy = asked.find((pattern) => missing(pattern) > 0);
  const samples: (readonly Sample[])[] = [];
  const { results, judged, error } = judgeTask(judgedBy, whole, scored, {
    conventions,
    family: model.family,
    fewshot: options.fewshot,
    limited: options.limited,
    model: model.name,
    isWhole: whole.length === task.patterns.length,
    onSamples: (some) => samples.push(some),
  });
  for (const some of samples) await options.onSamples?.(task.name, some);
  if (error !== undefined) return { results, judged };
  const { length = 0 } = lossy?.questions ?? {};
  const lost =
    lossy && `pattern ${lossy.pattern.id}: ${length - missing(lossy)} of ${length} questions have scores`;
  const message = failure?.message ?? lost;
  return {
    results: message === undefined ? results : [...results, notScored(task, "failed", message)],
    judged,
  };
}
