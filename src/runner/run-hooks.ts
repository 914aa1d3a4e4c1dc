import type { RunResults } from "../results/index.js";
import type { Model, ModelOptions } from "../scoring/index.js";
import type { Suite, Task } from "../tasks/index.js";
import type { ModelOutcome } from "./describe-run.js";
import type { OnRunEvent } from "./events.js";
import type { RunFolder } from "./record/run-folder.js";
import type { RunRecord } from "./record/run-record.js";

export interface RunHooks {
  readonly onEvent?: OnRunEvent | undefined;
  /** stops the run after the batches in flight; what is scored is kept */
  readonly signal?: AbortSignal | undefined;
  /** told what is asked before anything is read; what it throws ends the run */
  readonly onTasks?: ((tasks: readonly Task[], suites: readonly Suite[]) => unknown) | undefined;
  /** told of the run's folder once it is open */
  readonly onFolder?: ((folder: RunFolder) => void) | undefined;
  /** the words of the command, for the record */
  readonly command?: readonly string[] | undefined;
  /** loads models in the place of `loadModel`: for readers and engines of your own */
  readonly load?: ((name: string, options: ModelOptions) => Promise<Model>) | undefined;
}

/** What a run came to. */
export interface RunOutcome {
  /** the run's folder, absolute */
  readonly folder: string;
  readonly record: RunRecord;
  readonly results: RunResults;
  /** the evaluated model, then the baselines, as far as they were reached */
  readonly models: readonly ModelOutcome[];
  readonly interrupted: boolean;
}
