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

/** A baseline out of a finished run, and what it predicted. */
export type EarlierBaseline = BaselineResults & { readonly judged: readonly Judged[] };

/**
 * The evaluated model of a finished run, as a baseline of another run.
 * @param taken names of that run's models: one of these is told apart by the finished run's folder
 */
export function baselineOfRun({ models, folder }: FinishedRun, taken: readonly string[]): EarlierBaseline {
  const { named, ...model } = models[0]!;
  const name = taken.includes(named) ? `${named} (${path.basename(path.resolve(folder))})` : named;
  return { ...model, model: name, comparisons: [] };
}

/**
 * Sees that a finished run can be compared with a run of these tasks, before anything is asked.
 * @throws GlmEvalError (usage) where it is of another split, or of other examples of a task and pattern that both have
 */
export function checkBaselineRun(
  { folder, record, models }: FinishedRun,
  prepared: readonly PreparedTask[],
  split: string,
): void {
  const fail = (message: string, hint: string): never => {
    throw new GlmEvalError("runs-not-comparable", `the baseline's run in ${folder} ${message}`, { hint });
  };
  if (record.data.split !== split)
    fail(`is of the ${record.data.split} split; this run is of ${split}`, "Name a run of the same --split.");
  for (const each of prepared) {
    if (each.status !== "ready") continue;
    const { task, dataset, patterns } = each;
    for (const { id } of patterns) {
      const judged = models[0]!.judged.find((of) => of.task === task.name && of.pattern === id);
      if (judged === undefined) continue;
      const known = new Map(judged.predictions.map((prediction) => [prediction.exampleId, prediction]));
      const same = "Run with the --data and the --limit options of that run.";
      for (const example of dataset.examples) {
        const other = known.get(example.id);
        const named = `example ${JSON.stringify(example.id)} of ${task.name}`;
        if (other === undefined && skipsSome(models[0]!, judged)) continue;
        if (other === undefined) fail(`has no ${named}`, same);
        if (other!.label !== example.label) fail(`has another gold label for ${named}`, same);
        known.delete(example.id);
      }
      const [more] = known.keys();
      if (more !== undefined)
        fail(`has example ${JSON.stringify(more)} of ${task.name}, which this run has not`, same);
    }
  }
}

/** What run.json says of a finished run that is a baseline. */
export function baselineRunRecord({ folder }: FinishedRun): RunRecord["baselineRuns"][number] {
  return { folder: path.resolve(folder), resultsSha256: resultsHash(folder) };
}

/**
 * The baselines of a run that came from finished runs.
 * @param taken names of the run's own models
 * @throws GlmEvalError (data) where one of them is gone or has changed
 */
export async function recordedBaselines(
  { baselineRuns }: Pick<RunRecord, "baselineRuns">,
  taken: readonly string[],
): Promise<EarlierBaseline[]> {
  const found: EarlierBaseline[] = [];
  for (const { folder, resultsSha256 } of baselineRuns) {
    const isThere = existsSync(path.join(folder, "results.json"));
    if (!isThere || resultsHash(folder) !== resultsSha256)
      throw new GlmEvalError(
        "run-content-changed",
        `the baseline's run in ${folder} ${isThere ? "has changed since it was compared with" : "is gone"}`,
        { hint: "Put it back as it was, or run again with the --baseline that is wanted." },
      );
    found.push(baselineOfRun(await finishedRun(await readRun(folder)), taken));
  }
  return found;
}

/** sha256 (hex) of results.json in a run's folder. */
function resultsHash(folder: string): string {
  return createHash("sha256")
    .update(readFileSync(path.join(folder, "results.json")))
    .digest("hex");
}
