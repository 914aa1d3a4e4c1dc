import { snakeKeys } from "../json.js";
import type { Conventions, Evaluation, PlanOptions } from "../runner/index.js";
import type { Model } from "../scoring/index.js";
import type { Task } from "../tasks/index.js";
import { packageVersion } from "./bundled.js";

export interface RunRecord {
  readonly started: Date;
  readonly model: Model;
  readonly conventions: Conventions;
  readonly plan: PlanOptions;
  readonly tasks: readonly Task[];
  readonly dataRoot: string;
  readonly split: string;
  readonly limit: number | undefined;
  /** undefined while it runs */
  readonly evaluation?: Evaluation;
}

/** run.json: everything that one needs to know to run the same again. */
export function describeRun(run: RunRecord): string {
  const record = {
    schema: 1,
    glmEval: packageVersion(),
    command: ["glm-eval", ...process.argv.slice(2)],
    started: run.started.toISOString(),
    finished: run.evaluation ? new Date().toISOString() : null,
    interrupted: run.evaluation?.interrupted ?? null,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    model: { name: run.model.name, ...run.model.facts, notes: run.model.notes },
    conventions: run.conventions,
    plan: run.plan,
    data: {
      root: run.dataRoot,
      split: run.split,
      limit: run.limit ?? null,
      files: run.evaluation?.data ?? [],
    },
    tasks: run.tasks.map(({ name, file, hash }) => ({ name, file, sha256: hash })),
  };
  return `${JSON.stringify(snakeKeys(record), null, 2)}\n`;
}
