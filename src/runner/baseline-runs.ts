import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { GlmEvalError } from "../errors.js";
import type { BaselineResults, Judged } from "../results/index.js";
import { type FinishedRun, finishedRun } from "./finished-run.js";
import { readRun } from "./record/read-run.js";
import type { RunRecord } from "./record/run-record.js";

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
