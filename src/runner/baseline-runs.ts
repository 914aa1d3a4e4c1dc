import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { GlmEvalError } from "../errors.js";
import type { BaselineResults, Judged } from "../results/index.js";
import { skipsSome } from "./combine-runs.js";
import { type FinishedRun, finishedRun } from "./finished-run.js";
import { readRun } from "./record/read-run.js";
import type { RunRecord } from "./record/run-record.js";
import type { PreparedTask } from "./score/prepare-tasks.js";

/** A baseline from a finished run, with its predictions. */
export type EarlierBaseline = BaselineResults & { readonly judged: readonly Judged[] };

/**
 * Makes the evaluated model of a finished run a baseline of another run.
 * @param taken names of that run's models: a baseline with one of these names gets the finished run's folder appended
 */
export function makeBaseline({ models, folder }: FinishedRun, taken: readonly string[]): EarlierBaseline {
  const { named, ...model } = models[0]!;
  const name = taken.includes(named) ? `${named} (${path.basename(path.resolve(folder))})` : named;
  return { ...model, model: name, comparisons: [] };
}

/**
 * Checks that a finished run can be compared with a run of these tasks, before anything is scored.
 * @throws GlmEvalError (usage) if it is of another split, or has other examples of a task and pattern that both have
 */
export function checkBaselineRun(
  { folder, record, models }: FinishedRun,
  prepared: readonly PreparedTask[],
  split: string,
): void {
  const fail = (message: string, hint: string): never => {
    throw new GlmEvalError("runs-not-comparable", `the baseline run in ${folder} ${message}`, { hint });
  };
  if (record.data.split !== split)
    fail(`uses the ${record.data.split} split; this run uses ${split}`, "Pass a run with the same --split.");
  for (const each of prepared) {
    if (each.status !== "ready") continue;
    const { task, dataset, patterns } = each;
    for (const { id } of patterns) {
      const judged = models[0]!.judged.find((one) => one.task === task.name && one.pattern === id);
      if (judged === undefined) continue;
      const known = new Map(judged.predictions.map((prediction) => [prediction.exampleId, prediction]));
      const hint = "Use the --data and --limit options of that run.";
      for (const example of dataset.examples) {
        const other = known.get(example.id);
        const named = `example ${JSON.stringify(example.id)} of ${task.name}`;
        if (other === undefined && skipsSome(models[0]!, judged)) continue;
        if (other === undefined) fail(`lacks ${named}`, hint);
        if (other!.label !== example.label) fail(`has a different gold label for ${named}`, hint);
        known.delete(example.id);
      }
      const [more] = known.keys();
      if (more !== undefined)
        fail(`has example ${JSON.stringify(more)} of ${task.name}, which this run lacks`, hint);
    }
  }
}

/** Makes the entry of run.json for a finished run that is a baseline. */
export function makeBaselineRecord({ folder }: FinishedRun): RunRecord["baselineRuns"][number] {
  return { folder: path.resolve(folder), resultsSha256: hashResults(folder) };
}

/**
 * Reads the baselines of a run that are finished runs.
 * @param taken names of the run's own models
 * @throws GlmEvalError (data) if one of them is missing or has changed
 */
export async function readBaselines(
  { baselineRuns }: Pick<RunRecord, "baselineRuns">,
  taken: readonly string[],
): Promise<EarlierBaseline[]> {
  const found: EarlierBaseline[] = [];
  for (const { folder, resultsSha256 } of baselineRuns) {
    const isThere = existsSync(path.join(folder, "results.json"));
    if (!isThere || hashResults(folder) !== resultsSha256)
      throw new GlmEvalError(
        "run-content-changed",
        `the baseline run in ${folder} ${isThere ? "has changed since the comparison" : "no longer exists"}`,
        { hint: "Restore it, or run again with another --baseline." },
      );
    found.push(makeBaseline(await finishedRun(await readRun(folder)), taken));
  }
  return found;
}

/** Returns the sha256 (hex) of results.json in a run's folder. */
function hashResults(folder: string): string {
  return createHash("sha256")
    .update(readFileSync(path.join(folder, "results.json")))
    .digest("hex");
}
