import os from "node:os";
import { packageVersion } from "../bundled.js";
import { explain } from "../errors.js";
import { type Json, snakeKeys } from "../json.js";
import {
  type Conventions,
  choosePatterns,
  dataRecords,
  type FewshotOptions,
  type PreparedTask,
  type PrepareOptions,
} from "../runner/index.js";
import type { Suite, Task } from "../tasks/index.js";
import type { AskedPlan } from "./batches.js";
import { describeCache } from "./cache-of-run.js";
import type { ModelOutcome } from "./models-of-run.js";

export interface RunRecord {
  readonly started: Date;
  readonly conventions: Conventions;
  readonly plan: AskedPlan;
  /** of ONNX Runtime; undefined for its own choice */
  readonly threads: number | undefined;
  /** whether the score cache is used */
  readonly cache: boolean;
  readonly tasks: readonly Task[];
  readonly suites: readonly Suite[];
  readonly prepared: readonly PreparedTask[];
  readonly patterns: PrepareOptions["patterns"];
  readonly dataRoot: string;
  readonly split: string;
  readonly limit: number | undefined;
  readonly fewshot: Required<FewshotOptions> | undefined;
  /** run.json as an earlier process left it, where its run goes on */
  readonly earlier: Json | undefined;
}

/**
 * run.json: everything that one needs to know to run the same again.
 * @param outcomes every model of the run, as far as it is known: the evaluated one, then the baselines
 * @param finished undefined while it runs
 */
export function describeRun(run: RunRecord, outcomes: readonly ModelOutcome[], finished?: Date): Json {
  const earlier = run.earlier as Record<string, Json> | undefined;
  const before = [earlier?.model, ...((earlier?.baselines ?? []) as readonly Json[])];
  const [model, ...baselines] = outcomes.map((outcome, k) => describeModel(outcome, before[k]));
  const cpus = os.cpus();
  const record = {
    schema: 2,
    glmEval: packageVersion(),
    command: earlier?.command ?? ["glm-eval", ...process.argv.slice(2)],
    started: earlier?.started ?? run.started.toISOString(),
    resumed: earlier ? [...((earlier.resumed ?? []) as Json[]), run.started.toISOString()] : [],
    finished: finished?.toISOString() ?? null,
    interrupted: finished ? outcomes.some(({ evaluation }) => evaluation?.interrupted) : null,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus[0] ? `${cpus.length} × ${cpus[0].model}` : null,
    model,
    baselines,
    conventions: run.conventions,
    plan: run.plan,
    threads: run.threads ?? null,
    cache: run.cache,
    tasks: run.tasks.map((task) => ({
      name: task.name,
      file: task.file,
      sha256: task.hash,
      ...(task.reader && { reader: { file: task.reader.file, sha256: task.reader.hash } }),
      ...(task.metricModules.length > 0 && {
        metricModules: task.metricModules.map(({ name, file, hash }) => ({ name, file, sha256: hash })),
      }),
      patterns: choosePatterns(task, run.patterns).map(({ id }) => id),
    })),
    suites: run.suites.map(({ name, file, hash }) => ({ name, file, sha256: hash })),
    data: {
      root: run.dataRoot,
      split: run.split,
      limit: run.limit ?? null,
      fewshot: run.fewshot ?? null,
      files: dataRecords(run.prepared, run.split),
    },
  };
  // As it is read back: without what is undefined.
  return JSON.parse(JSON.stringify(snakeKeys(record))) as Json;
}

/** @param before what an earlier process wrote of the model: true of it until it is loaded again */
function describeModel({ name, model, batchTokens, cache, error }: ModelOutcome, before: Json | undefined) {
  if (model === undefined)
    return { ...(before as object | undefined), name, ...(error !== undefined && { error: explain(error) }) };
  const scoreCache = cache && describeCache(cache);
  return {
    name,
    ...model.facts,
    ...(batchTokens && { batchTokens }),
    notes: model.notes,
    ...(scoreCache && { scoreCache }),
  };
}
