import type { RunResults } from "../results/index.js";
import type { Model, ModelOptions } from "../scoring/index.js";
import type { Suite, Task } from "../tasks/index.js";
import type { ModelOutcome } from "./describe-run.js";
import type { OnRunEvent } from "./events.js";
import type { RunRecord } from "./record/run-record.js";

/** The folder of a run in progress. */
export interface OpenRunFolder {
  /** absolute */
  readonly path: string;
  /** whether the run has written anything worth resuming */
  readonly isChanged: boolean;
  /** Releases it, so that another process can resume the run: for a process that ends before the run does. */
  close(): Promise<void>;
}

/** Callbacks of a run, and the parts of it that the caller may replace. */
export interface RunHooks {
  readonly onEvent?: OnRunEvent | undefined;
  /** stops the run after the batches in flight; all scores are kept */
  readonly signal?: AbortSignal | undefined;
  /** called with the run's tasks and suites before anything is read; if it throws, the run ends */
  readonly onTasks?: ((tasks: readonly Task[], suites: readonly Suite[]) => unknown) | undefined;
  /** called with the run's folder once it is open */
  readonly onFolder?: ((folder: OpenRunFolder) => void) | undefined;
  /** the words of the command line, for the record */
  readonly command?: readonly string[] | undefined;
  /** loads models instead of `loadModel`: for your own readers and engines */
  readonly load?: ((name: string, options: ModelOptions) => Promise<Model>) | undefined;
}

/** The outcome of a run. */
export interface RunOutcome {
  /** the run's folder, absolute */
  readonly folder: string;
  readonly record: RunRecord;
  readonly results: RunResults;
  /** the evaluated model, then the baselines, as far as they were reached */
  readonly models: readonly ModelOutcome[];
  readonly interrupted: boolean;
}
