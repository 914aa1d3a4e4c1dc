import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import type { Conventions } from "../../options/index.js";
import type { Judged, RunResults, Sample, TaskResult } from "../../results/index.js";
import { readBaselines } from "../baseline-runs.js";
import { scoreSuites } from "../evaluate.js";
import { type ModelEvaluation, makeResults } from "../make-results.js";
import { type JournalContent, readJournal } from "../record/journal.js";
import { type RecordedRun, readQuestions } from "../record/read-run.js";
import type { ModelRecord, RunRecord, TaskRecord } from "../record/run-record.js";
import { calibrateCommand } from "../record/same-run.js";
import { readJudgedTask, readSuite } from "../record/task-record.js";
import { CalibrationMissing, type JudgeOptions } from "./judge-pattern.js";
import { judgeTask, makeUnscoredResult, type PatternQuestions } from "./judge-task.js";
import type { JudgedTask } from "./judged-task.js";
import { makeLimited } from "./make-limited.js";

/** Conventions to judge by instead of the run's; those not given stay as they were. */
export interface JudgeChanges {
  readonly normalization?: Conventions["normalization"] | undefined;
  readonly aggregate?: Conventions["aggregate"] | undefined;
  readonly endOfPiece?: Conventions["endOfPiece"] | undefined;
  readonly calibration?: Conventions["calibration"] | undefined;
  /** only these of the run's patterns; default: all */
  readonly patterns?: readonly string[] | undefined;
}

/** The outcome of judging a run again. */
export interface RunJudgement {
  readonly results: RunResults;
  /** the run's record, with the conventions used for this judgement */
  readonly record: RunRecord;
  /** the predictions of each model, in the order of the record */
  readonly judged: readonly (readonly Judged[])[];
  /** unreadable lines of the journal, from 1 */
  readonly damaged: readonly number[];
}

/** The changed conventions, and a callback for the samples. */
export interface JudgeRunOptions extends JudgeChanges {
  /** receives the samples of every model and pattern, task by task within a model */
  readonly onSamples?: ((task: string, samples: readonly Sample[]) => Promise<void>) | undefined;
}

/**
 * Recomputes a run's results from its journal, without a model: without changes they are the same, to the last byte.
 * @throws GlmEvalError (data) with the first missing score, if the journal lacks scores that are needed
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
    throw new GlmEvalError("journal-not-found", `${run.folder} has judged results, but no journal`, {
      hint: `Judge the run that they were made from: ${record.judged.run}`,
    });
  const conventions = changeConventions(record.conventions, options);
  const tasks = record.tasks.map((task) => selectPatterns(task, options.patterns));
  const journal = await readJournal(path.join(run.folder, "journal.jsonl"));
  const models = record.models.map((model): ModelJudgement => ({ model, tasks: [], judged: [] }));
  for (const task of tasks) {
    const isReady = task.status === "ready";
    const questions = isReady ? await readQuestions(run, task.name) : undefined;
    const judgedTask = isReady ? await readJudgedTask(task) : undefined;
    const patterns = task.patterns.flatMap((pattern): PatternQuestions[] => {
      const own = questions?.get(pattern.id);
      return own === undefined ? [] : [{ pattern, questions: own }];
    });
    for (const { model, tasks, judged } of models) {
      const judgement = await judgeModelTask(model, task, judgedTask, patterns, journal, conventions, {
        ...options,
        fewshot: record.data.fewshot?.count,
        limited: makeLimited(record.data, findDataFile(record, task)),
      });
      tasks.push(...judgement.results);
      judged.push(...judgement.judged);
    }
  }
  const now: RunRecord = { ...record, conventions, tasks };
  const names = record.models.map(({ name }) => name);
  // A stopped run may not have reached all of its models.
  const reached = models.filter(({ model }) => model.family !== undefined || model.error !== undefined);
  return {
    results: makeResults(
      now,
      reached.map((judgement) => makeEvaluation(judgement, record)),
      await readBaselines(record, names),
    ),
    record: now,
    judged: models.map(({ judged }) => judged),
    damaged: journal.damaged,
  };
}

/** A model of the record, and its judgements so far. */
interface ModelJudgement {
  readonly model: ModelRecord;
  readonly tasks: TaskResult[];
  readonly judged: Judged[];
}

function makeEvaluation({ model, tasks, judged }: ModelJudgement, { suites }: RunRecord): ModelEvaluation {
  if (model.family === undefined) return { record: model };
  const done = tasks.filter(({ status }) => status === "done");
  return { record: model, evaluation: { tasks, judged, suites: scoreSuites(suites.map(readSuite), done) } };
}

/** Finds the record of the data file that a task's questions were made from. */
function findDataFile(
  { data }: RunRecord,
  { name }: TaskRecord,
): RunRecord["data"]["files"][number] | undefined {
  return data.files.find(({ task, split }) => task === name && split === data.split);
}

function changeConventions(
  conventions: RunRecord["conventions"],
  changes: JudgeChanges,
): RunRecord["conventions"] {
  const { normalization, aggregate, endOfPiece, calibration } = changes;
  const given = Object.entries({ normalization, aggregate, endOfPiece, calibration });
  return { ...conventions, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
}

/** @throws GlmEvalError (usage) if the run did not score a task with one of the patterns */
function selectPatterns(task: TaskRecord, wanted: readonly string[] | undefined): TaskRecord {
  if (wanted === undefined || task.status !== "ready") return task;
  const patterns = wanted.map((id) => {
    const pattern = task.patterns.find((one) => one.id === id);
    if (pattern) return pattern;
    throw new GlmEvalError(
      "pattern-not-found",
      `the run did not score ${task.name} with pattern ${JSON.stringify(id)}`,
      {
        hint: `Its patterns are: ${task.patterns.map((one) => one.id).join(", ")}`,
      },
    );
  });
  return { ...task, patterns };
}

async function judgeModelTask(
  model: ModelRecord,
  task: TaskRecord,
  judgedTask: JudgedTask | undefined,
  patterns: readonly PatternQuestions[],
  journal: JournalContent,
  conventions: RunRecord["conventions"],
  options: JudgeRunOptions & Pick<JudgeOptions, "fewshot" | "limited">,
): Promise<{ results: readonly TaskResult[]; judged: readonly Judged[] }> {
  if (task.status !== "ready" || judgedTask === undefined)
    return {
      results: [
        makeUnscoredResult(task, task.status === "missing" ? "missing" : "failed", task.message ?? ""),
      ],
      judged: [],
    };
  if (model.family === undefined) return { results: [], judged: [] };
  const scored = journal.models.get(model.name) ?? new Map();
  const failure = model.failures?.find((one) => one.task === task.name);
  const countMissing = ({ questions }: PatternQuestions) =>
    questions.filter(({ id }) => !scored.has(id)).length;
  const complete = patterns.filter((pattern) => countMissing(pattern) === 0);
  // Patterns that a run did not reach have no questions in its record, so missing scores were lost later.
  const lossy = patterns.find((pattern) => countMissing(pattern) > 0);
  const samples: (readonly Sample[])[] = [];
  const { results, judged, error } = judgeTask(judgedTask, complete, scored, {
    conventions,
    family: model.family,
    fewshot: options.fewshot,
    limited: options.limited,
    model: model.name,
    hasAllPatterns: complete.length === task.patterns.length,
    onSamples: (some) => samples.push(some),
  });
  for (const some of samples) await options.onSamples?.(task.name, some);
  if (error !== undefined) return { results, judged };
  const { length = 0 } = lossy?.questions ?? {};
  const loss =
    lossy &&
    `pattern ${lossy.pattern.id}: ${length - countMissing(lossy)} of ${length} questions have scores`;
  const message = failure?.message ?? loss;
  return {
    results: message === undefined ? results : [...results, makeUnscoredResult(task, "failed", message)],
    judged,
  };
}
