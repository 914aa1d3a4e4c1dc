import type { Sample } from "../../results/index.js";
import { oneLine } from "../names.js";
import type { SubmissionFile } from "./layout.js";

/** The ensemble's name, used in place of a pattern's. */
const ENSEMBLE = "ensemble";

/** Why a task's samples cannot be submitted, as a message for the user. */
export class UnfitSamplesError extends Error {}

/**
 * Selects the samples of one pattern: the only one, otherwise the requested one, otherwise the ensemble.
 * @throws UnfitSamplesError if several patterns remain
 */
export function selectPattern(samples: readonly Sample[], wanted: string | undefined): readonly Sample[] {
  const patterns = [...new Set(samples.map(({ pattern }) => pattern))];
  const chosen = [patterns.length === 1 ? patterns[0] : undefined, wanted, ENSEMBLE].find(
    (one) => one !== undefined && patterns.includes(one),
  );
  if (chosen === undefined) {
    const listed = patterns.map(oneLine).join(", ");
    throw new UnfitSamplesError(
      `it has samples from several patterns (${listed}) and no ensemble: choose one with --pattern`,
    );
  }
  return samples.filter(({ pattern }) => pattern === chosen);
}

/** Formats the lines of a task's file, sorted by idx. @throws UnfitSamplesError with the example */
export function formatLines(file: SubmissionFile, samples: readonly Sample[]): string {
  const lines = file.task === "multirc" ? nestPassages(file, samples) : makeFlatLines(file, samples);
  return lines
    .sort((a, b) => a.idx - b.idx)
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}

interface Line {
  readonly idx: number;
}

function makeFlatLines(file: SubmissionFile, samples: readonly Sample[]): Line[] {
  return samples.map((sample) => {
    const [idx] = parseId(sample, /^(\d+)$/);
    return { idx: idx!, label: getOfficialLabel(file, sample) };
  });
}

/** Nests MultiRC's answer options, whose ids are passage-question-answer, each by its idx. */
function nestPassages(file: SubmissionFile, samples: readonly Sample[]): Line[] {
  const found = new Map<number, Map<number, { idx: number; label: string | number }[]>>();
  for (const sample of samples) {
    const [passage, question, answer] = parseId(sample, /^(\d+)-(\d+)-(\d+)$/) as [number, number, number];
    const questions = found.get(passage) ?? new Map<number, { idx: number; label: string | number }[]>();
    found.set(passage, questions);
    const answers = questions.get(question) ?? [];
    questions.set(question, answers);
    answers.push({ idx: answer, label: getOfficialLabel(file, sample) });
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

function parseId({ id }: Sample, shape: RegExp): number[] {
  const found = shape.exec(id);
  if (found === null) throw new UnfitSamplesError(`example ${JSON.stringify(id)} has no official idx`);
  return found.slice(1).map(Number);
}

function getOfficialLabel({ labels }: SubmissionFile, { id, predicted }: Sample): string | number {
  if (labels === undefined) return predicted;
  if (Object.hasOwn(labels, predicted)) return labels[predicted]!;
  const known = Object.keys(labels).join(", ");
  throw new UnfitSamplesError(
    `the prediction for example ${JSON.stringify(id)} is ${JSON.stringify(predicted)}, expected one of ${known}`,
  );
}
