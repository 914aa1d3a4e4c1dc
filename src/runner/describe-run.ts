import os from "node:os";
import { packageVersion } from "../bundled.js";
import { explain } from "../errors.js";
import type { Conventions } from "../options/index.js";
import type { Model } from "../scoring/index.js";
import type { LimitOptions, Suite, Task } from "../tasks/index.js";
import type { Evaluation } from "./evaluate.js";
import { type ModelRecord, RECORD_VERSION, type RunRecord } from "./record/run-record.js";
import { makeSuiteRecord, makeTaskRecord } from "./record/task-record.js";
import type { NamedModel, RequestedPlan } from "./run-options.js";
import { isSample } from "./run-tasks.js";
import type { UsedScoreCache } from "./schedule/score-cache/index.js";
import type { OnError } from "./schedule/skip.js";
import type { FewshotOptions } from "./score/fewshot.js";
import {
  choosePatterns,
  listDataRecords,
  type PreparedTask,
  type PrepareOptions,
} from "./score/prepare-tasks.js";

/** The outcome of one model of a run. */
export interface ModelOutcome extends NamedModel {
  /** undefined if it failed to load; its engine is closed */
  readonly model?: Model | undefined;
  /** tokens per batch, if measured */
  readonly maxBatchTokens?: number | undefined;
  readonly evaluation?: Evaluation | undefined;
  /** why it failed to load, or the first error of its tasks */
  readonly error?: unknown;
}

/** The outcome of a model, with the score cache that it used (undefined if it was disabled). */
export interface ModelState extends ModelOutcome {
  readonly cache?: UsedScoreCache | undefined;
}

/** The facts of a run that are known before its models are loaded. */
export interface RunFacts {
  readonly started: Date;
  readonly command: readonly string[];
  readonly conventions: Conventions;
  readonly plan: RequestedPlan;
  /** of ONNX Runtime; undefined for its default */
  readonly threads: number | undefined;
  /** whether the score cache is used */
  readonly cache: boolean;
  readonly tasks: readonly Task[];
  readonly suites: readonly Suite[];
  readonly prepared: readonly PreparedTask[];
  readonly patterns: PrepareOptions["patterns"] | undefined;
  readonly dataRoot: string;
  readonly split: string;
  readonly limit: LimitOptions;
  readonly fewshot: Required<FewshotOptions> | undefined;
  readonly onError: OnError;
  readonly published: readonly string[];
  readonly baselineRuns: RunRecord["baselineRuns"];
  /** run.json as an earlier process left it, if the run is resumed */
  readonly earlier: RunRecord | undefined;
}

/**
 * Makes the run's record.
 * @param outcomes every model of the run with what is known so far: the evaluated one, then the baselines
 * @param finished undefined while the run is in progress
 */
export function describeRun(run: RunFacts, outcomes: readonly ModelState[], finished?: Date): RunRecord {
  const { earlier, plan } = run;
  const cpus = os.cpus();
  return {
    schema: RECORD_VERSION,
    glmEval: packageVersion(),
    command: earlier?.command ?? run.command,
    started: earlier?.started ?? run.started.toISOString(),
    resumed: earlier ? [...earlier.resumed, run.started.toISOString()] : [],
    finished: finished?.toISOString() ?? null,
    interrupted: finished ? outcomes.some(({ evaluation }) => evaluation?.interrupted) : null,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus[0] ? `${cpus.length} × ${cpus[0].model}` : null,
    models: outcomes.map((outcome) => modelRecord(outcome, earlier)),
    baselineRuns: run.baselineRuns,
    conventions: run.conventions,
    plan: {
      maxBatchTokens: plan.maxBatchTokens === Number.POSITIVE_INFINITY ? null : plan.maxBatchTokens,
      ...(plan.maxRows !== undefined && { maxRows: plan.maxRows }),
    },
    threads: run.threads ?? null,
    cache: run.cache,
    tasks: run.prepared.map((each) =>
      makeTaskRecord(each.task, choosePatterns(each.task, run.patterns), {
        status: each.status,
        message: each.status === "ready" ? undefined : each.message,
      }),
    ),
    suites: run.suites.map(makeSuiteRecord),
    data: {
      root: run.dataRoot,
      split: run.split,
      ...run.limit,
      limit: run.limit.limit ?? null,
      fewshot: run.fewshot ?? null,
      onError: run.onError,
      sample: run.prepared.some(isSample),
      files: listDataRecords(run.prepared, run.split),
    },
    published: run.published,
  };
}

/** Makes the record of a model. Until it is loaded, this is what an earlier process recorded. */
export function modelRecord(outcome: ModelState, earlier: RunRecord | undefined): ModelRecord {
  const { name, bundled, model, maxBatchTokens, cache, evaluation, error } = outcome;
  if (model === undefined)
    return {
      ...earlier?.models.find((before) => before.name === name),
      name,
      bundled,
      ...(error !== undefined && { error: explain(error) }),
    };
  return {
    name,
    bundled,
    ...model.facts,
    ...(maxBatchTokens && { maxBatchTokens }),
    notes: model.notes,
    ...(cache && { scoreCache: cache.describe() }),
    ...(evaluation && evaluation.failures.length > 0 && { failures: evaluation.failures }),
  };
}
