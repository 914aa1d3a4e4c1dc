import { existsSync } from "node:fs";
import { didYouMean, GlmEvalError } from "../errors.js";
import { type FilePosition, type FindingCode, type Problems, STRICT } from "../findings.js";
import { findMetric, type Metric, metricNames, ownMetric } from "../metrics/index.js";
import type { TaskDraft } from "./check-schema.js";
import type { MetricModule, Task } from "./task.js";
import { isModule, listExports, loadModule } from "./user-module.js";
import type { YamlFile } from "./yaml-file.js";

/** A task's metrics. */
export type LoadedMetrics = Pick<Task, "metrics" | "metricModules" | "metricPositions">;

/**
 * Loads the metrics of a task, built-in ones and modules. A metric with an error is reported and left out.
 * @returns undefined if the task file names none
 */
export async function loadMetrics(
  { metrics, labels }: TaskDraft,
  yaml: YamlFile,
  problems: Problems,
): Promise<LoadedMetrics | undefined> {
  if (metrics === undefined) return undefined;
  const found: Metric[] = [];
  const metricModules: MetricModule[] = [];
  const metricPositions: FilePosition[] = [];
  for (const [i, given] of metrics.entries()) {
    const position = yaml.position(["metrics", i]);
    const fail: Fail = (code, message, hint) => {
      problems.add({ severity: "error", code, ...position, message, hint });
    };
    const module = isModule(given) ? await loadMetric(given, position, problems) : undefined;
    const metric = isModule(given) ? module?.metric : builtinMetric(given, fail);
    if (metric === undefined) continue;
    const { name, judges } = metric;
    if (found.some((other) => other.name === name)) fail("duplicate-metric", `found metric "${name}" twice`);
    if (judges === "labels" && labels?.length === 0)
      fail(
        "metric-without-labels",
        `metric ${name} judges labels, but the task has none`,
        "list them with the key labels; for answers from the data use token_f1 and exact_match",
      );
    found.push(metric);
    metricPositions.push(position);
    if (module !== undefined) metricModules.push(module);
  }
  return { metrics: found.map(({ name }) => name), metricModules, metricPositions };
}

/** Returns a task's metric in the form that `computeMetric` and `comparePaired` accept: its name, or its module's metric. */
export function getMetric({ metricModules }: Pick<Task, "metricModules">, name: string): string | Metric {
  return metricModules.find((module) => module.name === name)?.metric ?? name;
}

type Fail = (code: FindingCode, message: string, hint?: string) => undefined;

function builtinMetric(name: string, fail: Fail): Metric | undefined {
  const hint = `${didYouMean(name, metricNames(), "metrics")}; or the path of a module (./metric.js)`;
  return findMetric(name) ?? fail("unknown-metric", `there is no metric "${name}"`, hint);
}

/** @returns undefined for a module that is not usable, which is reported */
async function loadMetric(
  name: string,
  position: FilePosition,
  problems: Problems,
): Promise<MetricModule | undefined> {
  const module = await loadModule("metric", name, position, problems);
  if (module === undefined) return undefined;
  const { file, hash, exports, fail } = module;
  // A metric's members are exported one by one, or as one object.
  const { default: object } = exports;
  const members =
    typeof object === "object" && object !== null ? (object as Record<string, unknown>) : exports;
  const metric = ownMetric(members, file);
  return typeof metric === "string"
    ? fail(metric, `it exports ${listExports(module)}; see docs/tasks.md for what a metric's module exports`)
    : { name: metric.name, file, hash, metric };
}

/**
 * Loads a metric's module that an earlier run used.
 * @param sha256 of the module at that time
 * @throws GlmEvalError (data) if the module is missing, cannot be loaded, or has changed
 */
export async function loadRecordedMetric(file: string, sha256: string): Promise<Metric> {
  const hint = "Restore the module as it was at the time of the run, or run the task again.";
  if (!existsSync(file))
    throw new GlmEvalError("metric-changed", `the metric module ${file} no longer exists`, { hint });
  const found = await loadMetric(file, { file }, STRICT);
  if (found!.hash !== sha256)
    throw new GlmEvalError("metric-changed", `the metric module ${file} has changed since the run`, {
      hint,
    });
  return found!.metric;
}
