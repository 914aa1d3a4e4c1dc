import type { Sample } from "../../results/index.js";
import { oneLine } from "../names.js";
import type { SubmissionFile } from "./layout.js";

/** The name that the ensemble has in a pattern's place. */
const ENSEMBLE = "ensemble";

/** What keeps a task's samples from being submitted, in a user's words. */
export class Unfit extends Error {}

/**
 * The samples of one pattern: the only one, else the one that is asked for, else the ensemble.
 * @throws Unfit where several are left
 */
export function onePattern(samples: readonly Sample[], wanted: string | undefined): readonly Sample[] {
  const patterns = [...new Set(samples.map(({ pattern }) => pattern))];
  const chosen = [patterns.length === 1 ? patterns[0] : undefined, wanted, ENSEMBLE].find(
    (one) => one !== undefined && patterns.includes(one),
  );
  if (chosen === undefined) {
    const listed = patterns.map(oneLine).join(", ");
    throw new Unfit(`it has samples of several patterns (${listed}) and no ensemble: name one of them`);
  }
  return samples.filter(({ pattern }) => pattern === chosen);
}

/** The lines of a task's file, sorted by idx. @throws Unfit naming the example */
export function linesOf(file: SubmissionFile, samples: readonly Sample[]): string {
  const lines = file.task === "multirc" ? passages(file, samples) : plain(file, samples);
  return lines
    .sort((a, b) => a.idx - b.idx)
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}

interface Line {
  readonly idx: number;
}

function plain(file: SubmissionFile, samples: readonly Sample[]): Line[] {
  return samples.map((sample) => {
    const [idx] = numbersOf(sample, /^(\d+)$/);
    return { idx: idx!, label: labelOf(file, sample) };
  });
}

/** Ids of answer options are passage-question-answer, by their idx. */
function passages(file: SubmissionFile, samples: readonly Sample[]): Line[] {
  const found = new Map<number, Map<number, { idx: number; label: string | number }[]>>();
  for (const sample of samples) {
    const [passage, question, answer] = numbersOf(sample, /^(\d+)-(\d+)-(\d+)$/) as [number, number, number];
    const questions = found.get(passage) ?? new Map<number, { idx: number; label: string | number }[]>();
    found.set(passage, questions);
    const answers = questions.get(question) ?? [];
    questions.set(question, answers);
    answers.push({ idx: answer, label: labelOf(file, sample) });
  }
  const byIdx = (a: Line, b: Line) => a.idx - b.idx;
  return [...found].map(([idx, questions]) => ({
    idx,
    passage: {
      questions: [...questions]
        .map(([question, answers]) => ({ idx: question, answers: answers.sort(byIdx) }))
        .sort(byIdx),
    },
  }));
}

function numbersOf({ id }: Sample, shape: RegExp): number[] {
  const found = shape.exec(id);
  if (found === null) throw new Unfit(`the example ${JSON.stringify(id)} has no official idx`);
  return found.slice(1).map(Number);
}

function labelOf({ labels }: SubmissionFile, { id, predicted }: Sample): string | number {
  if (labels === undefined) return predicted;
  if (Object.hasOwn(labels, predicted)) return labels[predicted]!;
  const known = Object.keys(labels).join(", ");
  throw new Unfit(
    `the example ${JSON.stringify(id)} was predicted ${JSON.stringify(predicted)}, expected one of ${known}`,
  );
}
