import type { MetricResult } from "../metrics/index.js";

/** One task and pattern of a run. */
export interface TaskResult {
  readonly task: string;
  readonly title: string;
  readonly pattern: string;
  readonly status: "done" | "missing" | "failed";
  /** why it is missing or failed, and what to do */
  readonly message?: string;
  /** examples scored (rows of the data after its reader) */
  readonly examples: number;
  readonly metrics: readonly MetricResult[];
  /** examples whose two best answers had the same score */
  readonly ties: number;
  /** examples whose text was cut to fit */
  readonly truncated: number;
  /** whether the end-of-piece token was counted in the scores */
  readonly endOfPiece: boolean;
  readonly normalization: "sum" | "mean";
}

/** Everything that the report needs: written as results.json, and read back by later reports. */
export interface RunResults {
  readonly schema: 1;
  /** folder name or hub name of the model, as the user gave it */
  readonly model: string;
  /** e.g. "a small model trained for this project: its accuracy says nothing about published GLMs" */
  readonly modelNote?: string;
  readonly protocol: string;
  readonly split: string;
  /** whether the data is the bundled sample (published rows are on the official sets, which it is not) */
  readonly sampleData: boolean;
  readonly seconds: number;
  readonly tasks: readonly TaskResult[];
  /** mean of the eight task scores (tasks with two metrics averaged first); null unless all eight ran */
  readonly superglueScore: number | null;
}
