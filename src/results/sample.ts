import { z } from "zod";
import { camelKeys, type DeepReadonly, snakeKeys } from "../json.js";

const numbers = z.array(z.number());

const sampleAnswer = z.object({
  answer: z.string(),
  label: z.string().optional(),
  /** by the conventions in force, before calibration */
  score: z.number(),
  tokenIds: numbers,
  /** the vocabulary's spelling of the ids */
  tokens: z.array(z.string()),
  /** natural logarithms */
  tokenLogProbs: numbers,
  closing: z.object({ tokenIds: numbers, logProbs: numbers, isGreedy: z.array(z.boolean()) }),
});

const sample = z.object({
  model: z.string(),
  /** of the example */
  id: z.string(),
  pattern: z.string(),
  /** what was asked, its blank written [MASK], without the few-shot examples that were left out */
  text: z.string(),
  answers: z.array(sampleAnswer),
  /** where answers stand for labels: after aggregation, calibration and prior */
  labelScores: z.array(z.object({ label: z.string(), score: z.number() })).optional(),
  predicted: z.string(),
  label: z.string().optional(),
  gold: z.array(z.string()).optional(),
  /** see `Example` */
  group: z.string().optional(),
  cluster: z.string().optional(),
  tie: z.boolean(),
  /** tokens cut from the text to make it fit */
  cut: z.number(),
  /** ids of the examples shown before the question, in order */
  fewshot: z.array(z.string()).optional(),
  /** how many of them, from the first, were left out to make the text fit */
  shotsDropped: z.number().optional(),
});

/** One scored example of one model with everything that was made of it: a line of samples/<task>.jsonl. */
export type Sample = DeepReadonly<z.output<typeof sample>>;
/** One answer of a sample: its tokens, their log-probabilities, and the score made of them. */
export type SampleAnswer = DeepReadonly<z.output<typeof sampleAnswer>>;

/** A line of samples/<task>.jsonl, without its newline. */
export function sampleLine(of: Sample): string {
  return JSON.stringify(snakeKeys(of));
}

/** What `sampleLine` wrote; undefined for a line that is none. */
export function parseSample(line: string): Sample | undefined {
  try {
    return sample.safeParse(camelKeys(JSON.parse(line))).data;
  } catch {
    return undefined;
  }
}
