import { resolveConventions } from "../options/index.js";
import { findPublishedRow, toCsv } from "../report/index.js";
import { toJson } from "../results/index.js";
import { checkDevices } from "../scoring/index.js";
import { checkBaselineRun, makeBaseline, makeBaselineRecord } from "./baseline-runs.js";
import { describeRun, type ModelState, modelRecord, type RunFacts } from "./describe-run.js";
import { type FinishedRun, finishedRun } from "./finished-run.js";
import { makeResults } from "./make-results.js";
import { isRunFolder, readRun } from "./record/read-run.js";
import { formatRunRecord } from "./record/run-record.js";
import { checkSameModel, checkSameRun } from "./record/same-run.js";
import type { RunHooks, RunOutcome } from "./run-hooks.js";
import { runModel } from "./run-model.js";
import {
  getDataRoot,
  getFewshotOptions,
  getLimitOptions,
  getPlan,
  nameModels,
  type RunOptions,
} from "./run-options.js";
import {
  getMeasuredBatchTokens,
  loadRunModel,
  openCache,
  openFolder,
  reportEarlier,
  toRelativePath,
} from "./run-support.js";
import { checkDataIsThere, findRunTasks, reportUnusable } from "./run-tasks.js";
import { type PrepareOptions, prepareTasks } from "./score/prepare-tasks.js";

/**
 * Performs a complete run: scores the questions of some tasks with a model and every baseline, keeps everything in the
 * run's folder, and judges the answers. The command `glm-eval run` is this function; it prints nothing.
 *
 * @example
 * const { results } = await run({ tasks: ["copa", "rte"], model: "./glm-large", data: "./superglue" });
 * console.log(results.tasks.map(({ task, metrics }) => [task, metrics[0]?.value]));
 *
 * @throws GlmEvalError (usage) for conflicting options or an unusable folder, (data) for task files, data or a record
 *   that cannot be read, (model) if no model could be loaded
 */
export async function run(options: RunOptions, hooks: RunHooks = {}): Promise<RunOutcome> {
  const started = new Date();
  const { onEvent = () => undefined, signal } = hooks;
  // Find all errors before a model is loaded, which may take minutes.
  const { tasks, suites } = await findRunTasks(options.tasks);
  hooks.onTasks?.(tasks, suites);
  const published = options.published ?? [];
  published.forEach(findPublishedRow);
  const baselines = options.baseline ?? [];
  const models = nameModels(
    options.model,
    baselines.filter((name) => !isRunFolder(name)),
  );
  const finished: FinishedRun[] = [];
  for (const folder of baselines.filter(isRunFolder)) finished.push(await finishedRun(await readRun(folder)));
  const taken = models.map(({ name }) => name);
  checkDevices(options);
  const plan = getPlan(options);
  const split = options.split ?? "validation";
  const dataRoot = getDataRoot(options);
  const fewshot = getFewshotOptions(options);
  const limit = getLimitOptions(options);
  const conventions = resolveConventions(options);
  const preparing: PrepareOptions = {
    ...{ dataRoot, split, signal, fewshot, ...limit, patterns: options.patterns },
    onError: options.onError,
    calibration: conventions.calibration === "none" ? undefined : conventions.calibration,
    downloads: {
      offline: options.offline,
      onProgress: ({ url, received, total }) => onEvent({ type: "downloading", url, received, total }),
      onNote: (text) => onEvent({ type: "note", text }),
    },
  };
  checkDataIsThere({ tasks, suites }, dataRoot, split);
  onEvent({ type: "reading-data" });
  const prepared = await prepareTasks(tasks, preparing);
  reportUnusable(prepared, onEvent, { root: dataRoot, split });
  for (const each of finished) checkBaselineRun(each, prepared, split);

  const folder = await openFolder(options, started, models[0]!);
  hooks.onFolder?.(folder);
  try {
    const facts: RunFacts = {
      ...{ started, conventions, plan, tasks, suites, prepared, dataRoot, split, fewshot, published },
      command: hooks.command ?? [],
      onError: options.onError ?? "stop",
      threads: options.threads,
      cache: options.cache ?? true,
      patterns: options.patterns,
      limit,
      baselineRuns: finished.map(makeBaselineRecord),
      earlier: folder.earlier?.record,
    };
    const outcomes: ModelState[] = [...models];
    const earlier = folder.earlier && { folder: toRelativePath(folder.path), record: folder.earlier.record };
    if (earlier) {
      const now = describeRun(facts, outcomes);
      checkSameRun(earlier, now);
      reportEarlier(folder, now, onEvent);
    }
    for (const [k, named] of models.entries()) {
      if (signal?.aborted) break;
      outcomes[k] = await runModel(named, {
        ...{ tasks, plan, folder, onEvent, signal },
        options: { ...preparing, conventions, prepared, suites },
        measured: earlier && getMeasuredBatchTokens(earlier, named),
        isOneOfSeveral: models.length > 1,
        load: () => loadRunModel(named, options, hooks),
        async onLoaded(model, maxBatchTokens) {
          const loaded: ModelState = { ...named, model, maxBatchTokens };
          if (earlier) checkSameModel(earlier, modelRecord(loaded, earlier.record));
          const cache = facts.cache ? await openCache(loaded, model, earlier, onEvent) : undefined;
          await folder.write(
            "run.json",
            formatRunRecord(describeRun(facts, outcomes.with(k, { ...loaded, cache }))),
          );
          return cache;
        },
      });
    }
    // If no model could be loaded, there is nothing else to report.
    if (outcomes.every(({ model }) => model === undefined)) throw outcomes[0]!.error;
    onEvent({ type: "computing-results" });
    const record = describeRun(facts, outcomes, new Date());
    const reached = outcomes.filter(({ model, error }) => model !== undefined || error !== undefined);
    const results = makeResults(
      record,
      reached.map((outcome) => ({ record: modelRecord(outcome, undefined), evaluation: outcome.evaluation })),
      finished.map((each) => makeBaseline(each, taken)),
    );
    await folder.write("run.json", formatRunRecord(record));
    await folder.write("results.json", toJson(results));
    await folder.write("results.csv", toCsv(results, { published }));
    return {
      folder: folder.path,
      record,
      results,
      models: outcomes,
      interrupted: signal?.aborted ?? false,
    };
  } finally {
    await folder.close();
  }
}
