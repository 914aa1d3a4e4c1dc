import type { RunResults } from "../results/index.js";
import type { Model, ModelOptions } from "../scoring/index.js";
import type { Suite, Task } from "../tasks/index.js";
import type { ModelOutcome } from "./describe-run.js";
import type { OnRunEvent } from "./events.js";
import type { RunRecord } from "./record/run-record.js";

/** The folder of a run that is going on. */
export interface OpenRunFolder {
  /** absolute */
  readonly path: string;
  /** whether the run has written something that is worth resuming */
  readonly isChanged: boolean;
  /** Lets go of it, so that another process can resume the run: for a process that ends before the run does. */
  close(): Promise<void>;
}

/** What a run tells its caller, and what the caller may put in its place. */
export interface RunHooks {
  readonly onEvent?: OnRunEvent | undefined;
  /** stops the run after the batches in flight; what is scored is kept */
  readonly signal?: AbortSignal | undefined;
  /** told what is asked before anything is read; what it throws ends the run */
  readonly onTasks?: ((tasks: readonly Task[], suites: readonly Suite[]) => unknown) | undefined;
  /** told of the run's folder once it is open */
  readonly onFolder?: ((folder: OpenRunFolder) => void) | undefined;
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
