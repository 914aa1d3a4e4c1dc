import { FindingError, type Problems } from "../findings.js";
import type { ClozeQuestion } from "../patterns/index.js";
import type { Example, TaskPattern } from "./task.js";

/** Renders every example with every pattern, and reports what cannot be asked. */
export function checkQuestions(
  patterns: readonly TaskPattern[],
  examples: readonly Example[],
  problems: Problems,
): void {
  for (const pattern of patterns) {
    for (const example of examples) {
      const question = ask(pattern, example, problems);
      if (question === undefined || !lacksGold(question, example)) continue;
      problems.add({
        severity: "warning",
        code: "gold-not-an-answer",
        ...pattern.place,
        pattern: pattern.id,
        example: example.id,
        message: `none of the answers is the gold one: ${JSON.stringify(example.gold![0])}`,
      });
    }
  }
}

function ask(pattern: TaskPattern, example: Example, problems: Problems): ClozeQuestion | undefined {
  try {
    return pattern.question(example);
  } catch (error) {
    if (!(error instanceof FindingError)) throw error;
    problems.add(error.finding);
    return undefined;
  }
}

/** Where the prediction is a text: it cannot be right if no answer is the gold text but for case and spaces. */
function lacksGold({ clozes }: ClozeQuestion, { gold }: Example): boolean {
  if (gold === undefined || gold.length === 0) return false;
  const plain = (text: string) => text.trim().toLowerCase();
  const answers = new Set(clozes.flatMap((cloze) => cloze.answers.map(({ text }) => plain(text))));
  return !gold.some((text) => answers.has(plain(text)));
}
