import { FindingError, type Problems } from "../findings.js";
import type { ClozeQuestion } from "../patterns/index.js";
import type { CalibrationKind, Example, TaskPattern } from "./task.js";

/** Renders every example with every pattern and its premise, and reports what cannot be rendered. */
export function checkQuestions(
  patterns: readonly TaskPattern[],
  examples: readonly Example[],
  problems: Problems,
): void {
  for (const pattern of patterns) {
    for (const example of examples) {
      const question = tryRender(() => pattern.question(example), problems);
      if (question instanceof FindingError) continue;
      if (pattern.premise !== undefined) tryRender(() => pattern.calibration("pmi", example), problems);
      if (!lacksGold(question, example)) continue;
      problems.add({
        severity: "warning",
        code: "gold-not-an-answer",
        ...pattern.position,
        pattern: pattern.id,
        example: example.id,
        message: `none of the answers is the gold answer: ${JSON.stringify(example.gold![0])}`,
      });
    }
  }
}

/**
 * Renders the calibration questions of every example with every pattern, and reports what cannot be rendered, so errors
 * are known before a model is loaded. A pattern that cannot be calibrated at all is reported once.
 */
export function checkCalibration(
  patterns: readonly TaskPattern[],
  kind: CalibrationKind,
  examples: readonly Example[],
  problems: Problems,
): void {
  for (const pattern of patterns) {
    for (const example of examples) {
      const question = tryRender(() => pattern.calibration(kind, example), problems);
      if (question instanceof FindingError && question.finding.example === undefined) break;
    }
  }
}

/** @returns the rendered question, or the error that was reported */
function tryRender<T>(render: () => T, problems: Problems): T | FindingError {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof FindingError)) throw error;
    problems.add(error.finding);
    return error;
  }
}

/** For text predictions: whether no answer equals a gold text, apart from case and surrounding spaces, so none can be correct. */
function lacksGold({ clozes }: ClozeQuestion, { gold }: Example): boolean {
  if (gold === undefined || gold.length === 0) return false;
  const normalize = (text: string) => text.trim().toLowerCase();
  const answers = new Set(clozes.flatMap((cloze) => cloze.answers.map(({ text }) => normalize(text))));
  return !gold.some((text) => answers.has(normalize(text)));
}
