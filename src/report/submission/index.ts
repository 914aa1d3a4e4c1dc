import { strToU8, zipSync } from "fflate";
import { GlmEvalError } from "../../errors.js";
import type { SamplesByTask } from "../choose-examples.js";
import { oneLine, taskTitle } from "../names.js";
import { checkSubmission } from "./check-submission.js";
import { LAYOUT } from "./layout.js";
import { formatLines, selectPattern, UnfitSamplesError } from "./predictions.js";

export { checkSubmission } from "./check-submission.js";

/** What a SuperGLUE submission is made from. */
export interface SubmissionInput {
  /** the run's split */
  readonly split: string;
  readonly samples: SamplesByTask;
  /** whose predictions; required if the samples are from several models */
  readonly model?: string | undefined;
  /** which pattern's predictions, if a task ran with several (default: their ensemble) */
  readonly pattern?: string | undefined;
}

/** How many reasons an error lists: one per task. */
const MAX_REASONS = LAYOUT.length;

/**
 * Makes the zip file that super.gluebenchmark.com accepts: one model's predictions for the test split of all ten tasks. The
 * same samples give the same bytes. Invalid submissions are not written.
 * @throws GlmEvalError (data) with what is missing or wrong, task by task
 *
 * @example
 * import { writeFile } from "node:fs/promises";
 * const { record, samples } = await finishedRun(await readRun("runs/test"));
 * await writeFile("submission.zip", superglueSubmission({ split: record.data.split, samples }));
 */
export function superglueSubmission(input: SubmissionInput): Uint8Array {
  const refuse = (reasons: readonly string[]): never => {
    const more = reasons.length > MAX_REASONS ? [`and ${reasons.length - MAX_REASONS} more`] : [];
    const listed = [...reasons.slice(0, MAX_REASONS), ...more].join("; ");
    throw new GlmEvalError("not-a-submission", `not a complete SuperGLUE submission: ${listed}`, {
      hint: "run all ten tasks on the full test split: glm-eval run superglue axb axg --split test",
    });
  };
  if (input.split !== "test")
    refuse([`the run used the ${oneLine(input.split)} split, but submissions need the test split`]);
  const model = chooseModel(input, refuse);
  const reasons: string[] = [];
  const files = new Map<string, string>();
  for (const file of LAYOUT) {
    const own = (input.samples.get(file.task) ?? []).filter((sample) => sample.model === model);
    try {
      if (own.length === 0) throw new UnfitSamplesError("not run");
      files.set(file.name, formatLines(file, selectPattern(own, input.pattern)));
    } catch (error) {
      if (!(error instanceof UnfitSamplesError)) throw error;
      reasons.push(`${taskTitle(file.task)}: ${error.message}`);
    }
  }
  if (reasons.length === 0) reasons.push(...checkSubmission(files));
  if (reasons.length > 0) refuse(reasons);
  // A fixed local time makes the same bytes in every time zone.
  const mtime = new Date(1980, 0, 1);
  const contents = Object.fromEntries([...files].map(([name, text]) => [name, strToU8(text)]));
  return zipSync(contents, { mtime });
}

function chooseModel({ samples, model }: SubmissionInput, refuse: (reasons: string[]) => never): string {
  const models = [...new Set([...samples.values()].flat().map((sample) => sample.model))];
  const listed = models.map(oneLine).join(", ");
  if (models.length === 0) refuse(["no samples"]);
  if (model === undefined && models.length > 1)
    refuse([`the samples are from several models (${listed}): choose one of them`]);
  if (model !== undefined && !models.includes(model))
    refuse([`no samples from ${oneLine(model)}, only from ${listed}`]);
  return model ?? models[0]!;
}
