import { FindingError, type Problems } from "../findings.js";
import type { ClozeQuestion } from "../patterns/index.js";
import type { CalibrationKind, Example, TaskPattern } from "./task.js";

/** Renders every example with every pattern and its premise, and reports what cannot be asked. */
export function checkQuestions(
  patterns: readonly TaskPattern[],
  examples: readonly Example[],
  problems: Problems,
): void {
  for (const pattern of patterns) {
    for (const example of examples) {
      const question = rendered(() => pattern.question(example), problems);
      if (question instanceof FindingError) continue;
      if (pattern.premise !== undefined) rendered(() => pattern.calibration("pmi", example), problems);
      if (!lacksGold(question, example)) continue;
      problems.add({
        severity: "warning",
        code: "gold-not-an-answer",
        ...pattern.position,
        pattern: pattern.id,
        example: example.id,
        message: `none of the answers is the gold one: ${JSON.stringify(example.gold![0])}`,
      });
    }
  }
}

/**
 * Renders what a calibration asks for every example with every pattern, and reports what cannot be asked, so that it is
 * known before a model is loaded. A pattern that cannot be calibrated at all is reported once.
 */
export function checkCalibration(
  patterns: readonly TaskPattern[],
  kind: CalibrationKind,
  examples: readonly Example[],
  problems: Problems,
): void {
  for (const pattern of patterns) {
    for (const example of examples) {
      const asked = rendered(() => pattern.calibration(kind, example), problems);
      if (asked instanceof FindingError && asked.finding.example === undefined) break;
    }
  }
}

/** @returns what was asked, or the error that was reported */
function rendered<T>(ask: () => T, problems: Problems): T | FindingError {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof FindingError)) throw error;
    problems.add(error.finding);
    return error;
  }
}

/** Where the prediction is a text: it cannot be right if no answer is the gold text but for case and spaces. */
function lacksGold({ clozes }: ClozeQuestion, { gold }: Example): boolean {
  if (gold === undefined || gold.length === 0) return false;
  const plain = (text: string) => text.trim().toLowerCase();
  const answers = new Set(clozes.flatMap((cloze) => cloze.answers.map(({ text }) => plain(text))));
  return !gold.some((text) => answers.has(plain(text)));
}
