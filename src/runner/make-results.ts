import { BUNDLED_MODEL_NOTE } from "../bundled.js";
import {
  type BaselineResults,
  compareEvaluations,
  type Judged,
  type RunResults,
  type SuiteResult,
  type TaskResult,
} from "../results/index.js";
import { makeUnscoredResult } from "./judge/judge-task.js";
import type { ModelRecord, RunRecord } from "./record/run-record.js";

/** The judgement of one model. */
export interface JudgedModel {
  readonly tasks: readonly TaskResult[];
  readonly suites: readonly SuiteResult[];
  readonly judged: readonly Judged[];
}

/** A model of a run and its judgement; undefined if it failed to load. */
export interface ModelEvaluation {
  readonly record: ModelRecord;
  readonly evaluation?: JudgedModel | undefined;
}

/**
 * Makes a run's results from its models' evaluations: the first model's results, with the others as baselines.
 * @param earlier baselines from finished runs, with their judgements
 */
export function makeResults(
  { conventions, data, tasks }: RunRecord,
  [main, ...others]: readonly ModelEvaluation[],
  earlier: readonly (BaselineResults & { readonly judged: readonly Judged[] })[] = [],
): RunResults {
  const { record, evaluation } = main!;
  const comparisons = (judged: JudgedModel) => (evaluation ? compareEvaluations(evaluation, judged) : []);
  return {
    schema: 3,
    ...describeModel(record),
    protocol: conventions.protocol,
    split: data.split,
    sampleData: data.sample,
    tasks: evaluation?.tasks ?? tasks.map((task) => makeUnscoredResult(task, "failed", record.error ?? "")),
    suites: evaluation?.suites ?? [],
    baselines: [
      ...others.map((other) => makeBaselineResults(other, conventions.protocol, comparisons)),
      ...earlier.map(({ judged, ...results }) => ({
        ...results,
        comparisons: comparisons({ ...results, judged }),
      })),
    ],
  };
}

function describeModel({ name, bundled, family }: ModelRecord) {
  return {
    model: name,
    ...(bundled && { modelNote: BUNDLED_MODEL_NOTE }),
    family: family ?? "unknown",
  };
}

function makeBaselineResults(
  { record, evaluation }: ModelEvaluation,
  protocol: string,
  comparisons: (judged: JudgedModel) => BaselineResults["comparisons"],
): BaselineResults {
  if (evaluation === undefined)
    return {
      ...describeModel(record),
      protocol,
      status: "failed",
      message: record.error ?? "",
      tasks: [],
      suites: [],
      comparisons: [],
    };
  return {
    ...describeModel(record),
    protocol,
    status: "done",
    tasks: evaluation.tasks,
    suites: evaluation.suites,
    comparisons: comparisons(evaluation),
  };
}
