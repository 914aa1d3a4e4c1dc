import type {
  ComparisonFormat,
  Format,
  JudgeOptions,
  ReportOptions,
  RunOptions,
} from "../../options/index.js";
import type { RunResults, Sample } from "../../results/index.js";
import { notWired } from "../not-wired.js";

// The one place where commands meet runs and reports.

/** A finished run as reports need it. */
export interface JudgedRun {
  readonly results: RunResults;
  /** by task */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

export interface FormatOptions {
  readonly published: readonly string[];
  /** columns of the screen; undefined where the text goes elsewhere */
  readonly width?: number | undefined;
  readonly color?: boolean | undefined;
}

/** Scores, judges and reports on stderr and stdout what it does. */
export async function runTasks(options: RunOptions): Promise<RunResults> {
  const { format } = options;
  if (format !== "text" && format !== "json" && format !== "csv") throw notWired(`--format ${format}`);
  const { runNamed } = await import("../run.js");
  return await runNamed(options.tasks, options);
}

/** A finished run's results by other conventions; in a folder of their own where `output` names one. */
export async function judgeRun(
  _folder: string,
  _options: Omit<JudgeOptions, "run" | "format" | "json">,
): Promise<JudgedRun> {
  throw notWired("judge");
}

/** Finished runs beside each other: the first one's results, with the others as its baselines. */
export async function combinedRuns(_folders: readonly string[]): Promise<JudgedRun> {
  throw notWired("report");
}

/** As `combinedRuns`. @throws GlmEvalError("data") where the examples differ, unless those in common are compared */
export async function compareRuns(
  _folders: readonly string[],
  _options: { readonly common: boolean },
): Promise<RunResults> {
  throw notWired("compare");
}

/** @returns text; bytes for "superglue" */
export async function formatResults(
  _run: JudgedRun,
  format: Format,
  _options: FormatOptions,
): Promise<string | Uint8Array> {
  throw notWired(`--format ${format}`);
}

export async function formatComparison(_results: RunResults, format: ComparisonFormat): Promise<string> {
  throw notWired(`--format ${format}`);
}

/** Examples with their answers and scores, as text. */
export async function formatExamples(
  _run: JudgedRun,
  _options: { readonly examples: NonNullable<ReportOptions["examples"]> } & Pick<
    ReportOptions,
    "number" | "patterns"
  >,
): Promise<string> {
  throw notWired("--examples");
}

/** What is below its floor, each in a few words: "boolq 65.2, expected 70". */
export async function missedFloors(_results: RunResults, _floors: readonly string[]): Promise<string[]> {
  throw notWired("--fail-under");
}
