import { BUNDLED_MODEL_NOTE } from "../bundled.js";
import {
  type BaselineResults,
  compareEvaluations,
  type Judged,
  type RunResults,
  type SuiteResult,
  type TaskResult,
} from "../results/index.js";
import { notScored } from "./judge/judge-task.js";
import type { ModelRecord, RunRecord } from "./record/run-record.js";

/** What was judged of one model. */
export interface JudgedModel {
  readonly tasks: readonly TaskResult[];
  readonly suites: readonly SuiteResult[];
  readonly judged: readonly Judged[];
}

/** A model of a run, and what was judged of it; nothing where it could not be loaded. */
export interface ModelEvaluation {
  readonly record: ModelRecord;
  readonly evaluation?: JudgedModel | undefined;
}

/**
 * What the models' evaluations come to: the first model's results, and every other's beside them.
 * @param earlier baselines out of finished runs, with what was judged of them
 */
export function runResults(
  { conventions, data, tasks }: RunRecord,
  [main, ...others]: readonly ModelEvaluation[],
  earlier: readonly (BaselineResults & { readonly judged: readonly Judged[] })[] = [],
): RunResults {
  const { record, evaluation } = main!;
  const comparisons = (judged: JudgedModel) => (evaluation ? compareEvaluations(evaluation, judged) : []);
  return {
    schema: 3,
    ...about(record),
    protocol: conventions.protocol,
    split: data.split,
    sampleData: data.sample,
    tasks: evaluation?.tasks ?? tasks.map((task) => notScored(task, "failed", record.error ?? "")),
    suites: evaluation?.suites ?? [],
    baselines: [
      ...others.map((other) => baseline(other, conventions.protocol, comparisons)),
      ...earlier.map(({ judged, ...results }) => ({
        ...results,
        comparisons: comparisons({ ...results, judged }),
      })),
    ],
  };
}

function about({ name, bundled, family }: ModelRecord) {
  return {
    model: name,
    ...(bundled && { modelNote: BUNDLED_MODEL_NOTE }),
    family: family ?? "unknown",
  };
}

function baseline(
  { record, evaluation }: ModelEvaluation,
  protocol: string,
  comparisons: (judged: JudgedModel) => BaselineResults["comparisons"],
): BaselineResults {
  if (evaluation === undefined)
    return {
      ...about(record),
      protocol,
      status: "failed",
      message: record.error ?? "",
      tasks: [],
      suites: [],
      comparisons: [],
    };
  return {
    ...about(record),
    protocol,
    status: "done",
    tasks: evaluation.tasks,
    suites: evaluation.suites,
    comparisons: comparisons(evaluation),
  };
}
