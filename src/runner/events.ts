import type { TaskResult } from "../results/index.js";
import type { LoadEvent } from "../scoring/index.js";
import type { Tried } from "./schedule/batch-tokens.js";
import type { ScoreProgress } from "./schedule/score-all.js";

/**
 * An event of a run. The runner prints nothing: its caller shows as much of this as it wants. `model` is the model's name
 * in the run.
 */
export type RunEvent =
  | { readonly type: "reading-data" }
  /** progress of a data file with a URL; amounts in bytes */
  | {
      readonly type: "downloading";
      readonly url: string;
      readonly received: number;
      readonly total: number | undefined;
    }
  /** something that the user should know, as a sentence */
  | { readonly type: "note"; readonly text: string; readonly model?: string }
  /** something that makes a task's values doubtful, as a sentence; the task is still scored */
  | { readonly type: "warning"; readonly text: string; readonly model?: string | undefined }
  /** a task that cannot be scored; the others still run */
  | {
      readonly type: "task-left-out";
      readonly task: string;
      readonly status: "missing" | "failed";
      readonly message: string;
    }
  /** the run was started by an earlier process */
  | {
      readonly type: "resumed";
      readonly scored: number;
      /** incomplete or damaged lines of the journal, from 1: they are scored again */
      readonly damagedLines: readonly number[];
      /** the machine that started it, if it was another */
      readonly otherMachine?: string;
    }
  | { readonly type: "loading"; readonly model: string; readonly event: LoadEvent }
  | { readonly type: "loaded"; readonly model: string; readonly notes: readonly string[] }
  | { readonly type: "load-failed"; readonly model: string; readonly error: unknown }
  /** the best batch size is being measured */
  | { readonly type: "trying-batches"; readonly model: string }
  | {
      readonly type: "batch-tokens";
      readonly model: string;
      readonly tokens: number;
      readonly tried: readonly Tried[];
    }
  /** from now on, stopping the run loses only the batches in flight */
  | { readonly type: "scoring"; readonly model: string }
  | {
      readonly type: "pattern";
      readonly model: string;
      readonly task: string;
      readonly pattern: string;
      readonly examples: number;
    }
  | {
      readonly type: "progress";
      readonly model: string;
      readonly task: string;
      readonly pattern: string;
      readonly progress: ScoreProgress;
    }
  /** examples that could not be scored and are left out */
  | {
      readonly type: "skipped";
      readonly model: string;
      readonly task: string;
      readonly pattern: string;
      /** number of all examples, scored or not */
      readonly examples: number;
      /** questions by their ids, "boolq/p4/17" */
      readonly skipped: readonly { readonly id: string; readonly reason: string }[];
    }
  | { readonly type: "result"; readonly model: string; readonly result: TaskResult }
  | {
      readonly type: "scored";
      readonly model: string;
      /** texts found in the score cache, of all that were looked up */
      readonly cached: { readonly hits: number; readonly asked: number } | undefined;
      /** what the model computed: tokens including padding, the padding among them, and the time taken in seconds */
      readonly work: { readonly tokens: number; readonly padding: number; readonly seconds: number };
    }
  | { readonly type: "computing-results" };

/** Receives a run's events, one at a time. */
export type OnRunEvent = (event: RunEvent) => void;
