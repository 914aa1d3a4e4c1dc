import { strToU8, zipSync } from "fflate";
import { GlmEvalError } from "../../errors.js";
import type { SamplesByTask } from "../choose-examples.js";
import { oneLine, taskTitle } from "../names.js";
import { checkSubmission } from "./check-submission.js";
import { LAYOUT } from "./layout.js";
import { linesOf, onePattern, Unfit } from "./predictions.js";

export { checkSubmission } from "./check-submission.js";

/** What a submission to SuperGLUE is made of. */
export interface SubmissionInput {
  /** of the run */
  readonly split: string;
  readonly samples: SamplesByTask;
  /** whose predictions; needed where the samples are of several models */
  readonly model?: string | undefined;
  /** which pattern's predictions, where a task ran with several; their ensemble unless given */
  readonly pattern?: string | undefined;
}

/** Reasons that a refusal names: each task's. */
const TOLD = LAYOUT.length;

/**
 * The zip that super.gluebenchmark.com takes: the predictions of one model for the test split of all ten tasks. The same
 * samples give the same bytes. What the layout does not allow is not written.
 * @throws GlmEvalError (data) saying what is missing or wrong, task by task
 *
 * @example
 * import { writeFile } from "node:fs/promises";
 * const { record, samples } = await finishedRun(await readRun("runs/test"));
 * await writeFile("submission.zip", superglueSubmission({ split: record.data.split, samples }));
 */
export function superglueSubmission(input: SubmissionInput): Uint8Array {
  const refuse = (reasons: readonly string[]): never => {
    const more = reasons.length > TOLD ? [`and ${reasons.length - TOLD} more`] : [];
    const told = [...reasons.slice(0, TOLD), ...more].join("; ");
    throw new GlmEvalError("not-a-submission", `no SuperGLUE submission: ${told}`, {
      hint: "run all ten tasks on the test split, whole: glm-eval run superglue axb axg --split test",
    });
  };
  if (input.split !== "test")
    refuse([`the run is of the ${oneLine(input.split)} split, and submissions are of the test split`]);
  const model = modelOf(input, refuse);
  const reasons: string[] = [];
  const files = new Map<string, string>();
  for (const file of LAYOUT) {
    const own = (input.samples.get(file.task) ?? []).filter((sample) => sample.model === model);
    try {
      if (own.length === 0) throw new Unfit("it was not run");
      files.set(file.name, linesOf(file, onePattern(own, input.pattern)));
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      reasons.push(`${taskTitle(file.task)}: ${error.message}`);
    }
  }
  if (reasons.length === 0) reasons.push(...checkSubmission(files));
  if (reasons.length > 0) refuse(reasons);
  // The time of day that the zip shows is everywhere the same.
  const mtime = new Date(1980, 0, 1);
  const contents = Object.fromEntries([...files].map(([name, text]) => [name, strToU8(text)]));
  return zipSync(contents, { mtime });
}

function modelOf({ samples, model }: SubmissionInput, refuse: (reasons: string[]) => never): string {
  const models = [...new Set([...samples.values()].flat().map((sample) => sample.model))];
  const listed = models.map(oneLine).join(", ");
  if (models.length === 0) refuse(["there are no samples"]);
  if (model === undefined && models.length > 1)
    refuse([`the samples are of several models (${listed}): name one of them`]);
  if (model !== undefined && !models.includes(model))
    refuse([`there are no samples of ${oneLine(model)}, only of ${listed}`]);
  return model ?? models[0]!;
}
