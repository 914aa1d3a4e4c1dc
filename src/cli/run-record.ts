import { explain } from "../errors.js";
import { snakeKeys } from "../json.js";
import type { Conventions, FewshotOptions, PlanOptions } from "../runner/index.js";
import type { Suite, Task } from "../tasks/index.js";
import { packageVersion } from "./bundled.js";
import type { ModelOutcome } from "./models-of-run.js";

export interface RunRecord {
  readonly started: Date;
  /** undefined while it runs */
  readonly finished?: Date;
  /** the models so far: the evaluated one, then the baselines */
  readonly outcomes: readonly ModelOutcome[];
  readonly conventions: Conventions;
  readonly plan: PlanOptions;
  readonly tasks: readonly Task[];
  readonly suites: readonly Suite[];
  readonly dataRoot: string;
  readonly split: string;
  readonly limit: number | undefined;
  readonly fewshot: Required<FewshotOptions> | undefined;
}

/** run.json: everything that one needs to know to run the same again. */
export function describeRun(run: RunRecord): string {
  const [model, ...baselines] = run.outcomes.map(describeModel);
  const evaluations = run.outcomes.flatMap(({ evaluation }) => (evaluation ? [evaluation] : []));
  const record = {
    schema: 2,
    glmEval: packageVersion(),
    command: ["glm-eval", ...process.argv.slice(2)],
    started: run.started.toISOString(),
    finished: run.finished?.toISOString() ?? null,
    interrupted: run.finished ? evaluations.some(({ interrupted }) => interrupted) : null,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    model,
    baselines,
    conventions: run.conventions,
    plan: run.plan,
    data: {
      root: run.dataRoot,
      split: run.split,
      limit: run.limit ?? null,
      fewshot: run.fewshot ?? null,
      // The same files for every model.
      files: evaluations[0]?.data ?? [],
    },
    tasks: run.tasks.map(({ name, file, hash, reader }) => ({
      name,
      file,
      sha256: hash,
      ...(reader && { reader: { file: reader.file, sha256: reader.hash } }),
    })),
    suites: run.suites.map(({ name, file, hash }) => ({ name, file, sha256: hash })),
  };
  return `${JSON.stringify(snakeKeys(record), null, 2)}\n`;
}

function describeModel({ name, model, error }: ModelOutcome) {
  if (model === undefined) return { name, error: explain(error) };
  return { name, ...model.facts, notes: model.notes };
}
