import { GlmEvalError } from "../../../errors.js";
import type { Format } from "../../../options/index.js";
import { type FormOptions, format as formatResults, getForm } from "../../../report/index.js";
import type { RunResults, Sample } from "../../../results/index.js";
import { type RecordedRun, readRun, readSamples } from "../../../runner/index.js";
import { type Output, stdout } from "../../terminal/output.js";

/** Maximum width of a table, even on a wider terminal. */
const WIDTH = 120;

/** The parts of a finished run that are printed. */
export interface Printed {
  readonly results: RunResults;
  /** by task; read only if a format needs them */
  readonly samples: () => Promise<ReadonlyMap<string, readonly Sample[]>>;
}

/** Prints results in one of the formats. @throws GlmEvalError (usage) for a zip file to a terminal */
export async function printResults(
  printed: Printed,
  format: Format,
  options: Omit<FormOptions, "samples" | "width" | "color">,
  out: Output = stdout,
): Promise<void> {
  checkTerminalOutput(format, out);
  const needsSamples = getForm(format).needsSamples || options.examples !== undefined;
  const samples = needsSamples ? await printed.samples() : undefined;
  await out.write(
    await formatResults(printed.results, format, {
      ...options,
      ...(out === stdout && format === "text" ? getScreenOptions() : {}),
      samples,
    }),
  );
}

/** All samples of a run, by task. */
export async function readRunSamples(run: RecordedRun): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, readonly Sample[]>();
  for (const { name } of run.record.tasks) samples.set(name, await readSamples(run, name));
  return samples;
}

/** All samples of the run in a folder, by task. */
export async function readFolderSamples(folder: string): Promise<ReadonlyMap<string, readonly Sample[]>> {
  return readRunSamples(await readRun(folder));
}

/** @throws GlmEvalError (usage) if binary data would be printed to a terminal */
export function checkTerminalOutput(format: Format, out: Output = stdout): void {
  if (format !== "superglue" || out !== stdout || !process.stdout.isTTY) return;
  throw new GlmEvalError("binary-output", "a zip file cannot be printed to a terminal", {
    hint: "glm-eval report RUN --format superglue --output submission.zip",
  });
}

/** Returns how a table is drawn on the terminal. */
export function getScreenOptions(): Pick<FormOptions, "width" | "color"> {
  const { isTTY, columns } = process.stdout;
  return isTTY ? { width: Math.min(columns, WIDTH), color: process.stdout.hasColors() } : {};
}
