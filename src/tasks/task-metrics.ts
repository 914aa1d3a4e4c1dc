import { didYouMean } from "../errors.js";
import type { Problems } from "../findings.js";
import { findMetric, type Metric, metricNames, ownMetric } from "../metrics/index.js";
import type { TaskDraft } from "./check-schema.js";
import type { MetricModule, Task } from "./task.js";
import { exported, isModule, loadModule } from "./user-module.js";
import type { YamlFile } from "./yaml-file.js";

/**
 * The metrics of a task, those of modules loaded. What is wrong with one is reported, and it is left out.
 * @returns undefined where the task file does not say which
 */
export async function loadMetrics(
  { metrics, labels }: TaskDraft,
  yaml: YamlFile,
  problems: Problems,
): Promise<Pick<Task, "metrics" | "metricModules"> | undefined> {
  if (metrics === undefined) return undefined;
  const names: string[] = [];
  const metricModules: MetricModule[] = [];
  for (const [i, given] of metrics.entries()) {
    const position = yaml.position(["metrics", i]);
    const fail = (code: string, message: string, hint?: string) =>
      problems.add({ severity: "error", code, ...position, message, hint });
    let metric: Metric | undefined;
    if (isModule(given)) {
      const module = await loadModule("metric", given, position, problems);
      if (module === undefined) continue;
      const own = metricOfModule(module.exports);
      const made = ownMetric(own, module.file);
      if (typeof made === "string") {
        module.fail(made, `it exports ${exported(module)}. A metric's members are in docs/tasks.md`);
        continue;
      }
      metric = made;
      metricModules.push({ name: made.name, file: module.file, hash: module.hash, metric: made });
    } else {
      metric = findMetric(given);
    }
    if (metric === undefined) {
      const more = "; or the path of a module (./metric.js)";
      fail(
        "unknown-metric",
        `there is no metric "${given}"`,
        didYouMean(given, metricNames(), "metrics") + more,
      );
      continue;
    }
    if (names.includes(metric.name)) fail("duplicate-metric", `found metric "${metric.name}" twice`);
    if (metric.judges === "labels" && labels?.length === 0)
      fail(
        "metric-without-labels",
        `metric ${metric.name} judges labels, but the task has none`,
        "name them: labels; for answers from the data use token_f1 and exact_match",
      );
    names.push(metric.name);
  }
  return { metrics: names, metricModules };
}

/** What `computeMetric` and `comparePaired` take for a metric of a task's: its name, or the one of its module. */
export function metricOf({ metricModules }: Pick<Task, "metricModules">, name: string): string | Metric {
  return metricModules.find((module) => module.name === name)?.metric ?? name;
}

/** A metric's members are exported one by one, or as one object. */
function metricOfModule(exports: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { default: one } = exports;
  return typeof one === "object" && one !== null ? (one as Record<string, unknown>) : exports;
}
