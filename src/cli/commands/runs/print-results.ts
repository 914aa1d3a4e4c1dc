import { GlmEvalError } from "../../../errors.js";
import type { Format } from "../../../options/index.js";
import { type FormOptions, format as formatResults, getForm } from "../../../report/index.js";
import type { RunResults, Sample } from "../../../results/index.js";
import { type RecordedRun, readRun, readSamples } from "../../../runner/index.js";
import { type Output, stdout } from "../../terminal/output.js";

/** The widest table, however wide the screen. */
const WIDTH = 120;

/** What of a finished run is printed. */
export interface Printed {
  readonly results: RunResults;
  /** by task; read when a form is made of them */
  readonly samples: () => Promise<ReadonlyMap<string, readonly Sample[]>>;
}

/** Prints results in one of the forms. @throws GlmEvalError (usage) for a zip on a screen */
export async function printResults(
  printed: Printed,
  format: Format,
  options: Omit<FormOptions, "samples" | "width" | "color">,
  out: Output = stdout,
): Promise<void> {
  checkScreen(format, out);
  const needsSamples = getForm(format).needsSamples || options.examples !== undefined;
  const samples = needsSamples ? await printed.samples() : undefined;
  await out.write(
    await formatResults(printed.results, format, {
      ...options,
      ...(out === stdout && format === "text" ? screen() : {}),
      samples,
    }),
  );
}

/** All samples of a run, by task. */
export async function samplesOf(run: RecordedRun): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, readonly Sample[]>();
  for (const { name } of run.record.tasks) samples.set(name, await readSamples(run, name));
  return samples;
}

/** All samples of the run in a folder, by task. */
export async function samplesIn(folder: string): Promise<ReadonlyMap<string, readonly Sample[]>> {
  return samplesOf(await readRun(folder));
}

/** @throws GlmEvalError (usage) where bytes would go to a screen */
export function checkScreen(format: Format, out: Output = stdout): void {
  if (format !== "superglue" || out !== stdout || !process.stdout.isTTY) return;
  throw new GlmEvalError("binary-output", "a zip is not for the screen", {
    hint: "glm-eval report RUN --format superglue --output submission.zip",
  });
}

/** How a table for the screen is drawn. */
export function screen(): Pick<FormOptions, "width" | "color"> {
  const { isTTY, columns } = process.stdout;
  return isTTY ? { width: Math.min(columns, WIDTH), color: process.stdout.hasColors() } : {};
}
