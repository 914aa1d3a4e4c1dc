import { z } from "zod";
import { camelKeys, type DeepReadonly, snakeKeys } from "../json.js";

const numbers = z.array(z.number());

const sampleAnswer = z.object({
  answer: z.string(),
  label: z.string().optional(),
  /** under the current conventions, before calibration */
  score: z.number(),
  tokenIds: numbers,
  /** the vocabulary's spelling of the ids */
  tokens: z.array(z.string()),
  /** natural logarithms */
  tokenLogProbs: numbers,
  closing: z.object({ tokenIds: numbers, logProbs: numbers, isGreedy: z.array(z.boolean()) }),
});

const sampleSchema = z.object({
  model: z.string(),
  /** id of the example */
  id: z.string(),
  pattern: z.string(),
  /** the question, with [MASK] for its blank, without the few-shot examples that were dropped */
  text: z.string(),
  answers: z.array(sampleAnswer),
  /** if answers map to labels: after aggregation, calibration and prior */
  labelScores: z.array(z.object({ label: z.string(), score: z.number() })).optional(),
  predicted: z.string(),
  label: z.string().optional(),
  gold: z.array(z.string()).optional(),
  /** see `Example` */
  group: z.string().optional(),
  cluster: z.string().optional(),
  tie: z.boolean(),
  /** number of tokens truncated from the text to make it fit */
  cut: z.number(),
  /** ids of the few-shot examples before the question, in order */
  fewshot: z.array(z.string()).optional(),
  /** how many of them, from the first, were dropped to make the text fit */
  shotsDropped: z.number().optional(),
});

/** One scored example of one model with everything derived from it: a line of samples/<task>.jsonl. */
export type Sample = DeepReadonly<z.output<typeof sampleSchema>>;
/** One answer of a sample: its tokens, their log-probabilities, and its score. */
export type SampleAnswer = DeepReadonly<z.output<typeof sampleAnswer>>;

/** Makes a line of samples/<task>.jsonl, without its newline. */
export function formatSample(sample: Sample): string {
  return JSON.stringify(snakeKeys(sample));
}

/** Parses the output of `formatSample`; returns undefined for an invalid line. */
export function parseSample(line: string): Sample | undefined {
  try {
    return sampleSchema.safeParse(camelKeys(JSON.parse(line))).data;
  } catch {
    return undefined;
  }
}
