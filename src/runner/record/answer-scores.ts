import { z } from "zod";

const numbers = z.array(z.number());
const flags = z.array(z.boolean());

/** The scored answers of a question, as stored in files: a list of `AnswerScore`. */
export const answerScores = z.array(
  z.object({
    tokenIds: numbers,
    tokenLogProbs: numbers,
    isGreedy: flags,
    closing: z.object({ tokenIds: numbers, logProbs: numbers, isGreedy: flags }),
  }),
);
