import type { InfillQuestion } from "../src/scoring/index.js";
import { generator, type Random } from "./seeded.js";

/** Length distribution of a kind of question: medians and log-normal widths under GLM's tokenizers. */
interface Lengths {
  readonly median: number;
  readonly width: number;
  readonly least: number;
  readonly most: number;
}

interface Mix {
  readonly context: Lengths;
  readonly answers: Lengths;
  readonly answer: Lengths;
}

const always = (n: number): Lengths => ({ median: n, width: 0, least: n, most: n });

/** Token lengths of SuperGLUE tasks in their default patterns, under the 30,522-word vocabulary of BERT. */
export const MIXES = {
  copa: {
    context: { median: 33, width: 0.15, least: 25, most: 47 },
    answers: always(2),
    answer: { median: 7, width: 0.34, least: 3, most: 13 },
  },
  boolq: {
    context: { median: 148, width: 0.45, least: 38, most: 508 },
    answers: always(2),
    answer: always(1),
  },
  record: {
    context: { median: 286, width: 0.15, least: 225, most: 421 },
    answers: { median: 11, width: 0.4, least: 5, most: 23 },
    answer: { median: 3, width: 0.64, least: 1, most: 16 },
  },
} satisfies Record<string, Mix>;

export type MixName = keyof typeof MIXES;

/** Questions of a mix, with random token ids below `vocabulary`; the same for the same seed. */
export function questions(name: MixName, count: number, vocabulary: number, seed = 1): InfillQuestion[] {
  const random = generator(seed);
  const mix: Mix = MIXES[name];
  return Array.from({ length: count }, (_, k) => {
    const answers = Array.from({ length: draw(mix.answers, random) }, () => draw(mix.answer, random));
    return question(`${name}-${k}`, draw(mix.context, random), answers, vocabulary, random);
  });
}

/** One question with a context and answers of the given lengths, in tokens; the blank is in the middle. */
export function question(
  id: string,
  contextLength: number,
  answerLengths: readonly number[],
  vocabulary: number,
  random: Random,
): InfillQuestion {
  const tokens = (length: number) => Array.from({ length }, () => Math.floor(random() * vocabulary));
  const answers = answerLengths.map(tokens);
  const context = tokens(contextLength);
  return { id, context, blank: contextLength >> 1, answers, cut: 0 };
}

function draw({ median, width, least, most }: Lengths, random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(most, Math.max(least, Math.round(median * Math.exp(width * normal))));
}
