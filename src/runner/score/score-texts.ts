import { GlmEvalError } from "../../errors.js";
import type { Conventions } from "../../options/index.js";
import { type ClozeQuestion, parseCloze } from "../../patterns/index.js";
import type { Closing, Model, PreparedQuestion } from "../../scoring/index.js";
import { getAnswers } from "../../verbalizers/index.js";
import { chooseScoreRule, scoreAnswer } from "../judge/conventions.js";
import type { PlanOptions } from "../schedule/plan.js";
import { PrepareAhead } from "../schedule/prepare-ahead.js";
import { type ScoreProgress, scoreAll } from "../schedule/score-all.js";
import type { ScoreCache } from "../schedule/score-cache/index.js";

/** A text with one [MASK], and the answers to score there. */
export interface ClozeText {
  readonly id: string;
  readonly text: string;
  readonly answers: readonly string[];
}

/** A text's scored answers, in the order given. */
export interface ScoredText {
  readonly id: string;
  readonly answers: readonly ScoredTextAnswer[];
}

/** A model's score of one answer. */
export interface ScoredTextAnswer {
  readonly answer: string;
  readonly tokenIds: readonly number[];
  /** the tokens' text in the vocabulary */
  readonly tokens: readonly string[];
  /** natural logarithms */
  readonly tokenLogProbs: readonly number[];
  readonly isGreedy: readonly boolean[];
  readonly closing: Closing;
  /** under the given conventions */
  readonly score: number;
  /** probability of this answer among those given: the softmax of their scores */
  readonly probability: number;
}

/**
 * Scores the answers of cloze texts, in the order given.
 * @throws GlmEvalError (data) that names the text if it has no [MASK] or two, an answer is empty, or it is too long
 *
 * @example
 * const model = await loadModel("./glm-large");
 * const texts = [{ id: "1", text: "Paris is the capital of [MASK].", answers: ["France", "Italy"] }];
 * const [scored] = await scoreTexts(model, texts, { conventions: PROTOCOLS.glm, maxBatchTokens: 512 });
 * for (const { answer, score, probability } of scored.answers) console.log(answer, score, probability);
 * await model.engine.close();
 */
export async function scoreTexts<P extends PreparedQuestion>(
  model: Pick<Model<P>, "reader" | "engine">,
  texts: readonly ClozeText[],
  options: PlanOptions & {
    readonly conventions: Conventions;
    readonly cache?: ScoreCache;
    readonly onProgress?: (progress: ScoreProgress) => void;
  },
): Promise<ScoredText[]> {
  const questions = texts.map(makeClozeQuestion);
  const source = { count: questions.length, question: (k: number) => questions[k]! };
  const entries = await scoreAll(model.engine, new PrepareAhead(model, source), options);
  return entries.map((entry, k) => {
    const { id, answers } = texts[k]!;
    const rule = chooseScoreRule(
      options.conventions,
      { ...questions[k]!, family: model.reader.family },
      entry!.answers,
    );
    const scores = entry!.answers.map((answer) => scoreAnswer(answer, rule));
    const highest = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
    return {
      id,
      answers: entry!.answers.map((scored, n) => ({
        ...scored,
        answer: answers[n]!,
        tokens: scored.tokenIds.map((token) => model.reader.token(token)),
        score: scores[n]!,
        probability: Math.exp(scores[n]! - highest) / total,
      })),
    };
  });
}

/** Makes a question. @throws GlmEvalError (data) that names the text if it has no [MASK] or two, or an answer is empty */
export function makeClozeQuestion({ id, text, answers }: ClozeText): ClozeQuestion {
  try {
    const pattern = parseCloze(text);
    const source = { kind: "column", column: "answers" } as const;
    const cloze = { pattern, answers: getAnswers(source, pattern.spaceBeforeBlank, { answers }) };
    return { id, answerKind: "texts", clozes: [cloze] };
  } catch (error) {
    if (!(error instanceof GlmEvalError)) throw error;
    const { message, hint = "Give answers with at least one character that is not a space." } = error;
    throw new GlmEvalError("bad-question", `${id}: ${message}`, { hint });
  }
}
