import path from "node:path";
import { BUNDLED_MODEL } from "../../../bundled.js";
import { GlmEvalError } from "../../../errors.js";
import { snakeKeys } from "../../../json.js";
import { type Conventions, resolveConventions, type ScoreTextOptions } from "../../../options/index.js";
import {
  chooseBatchTokens,
  getPlan,
  getScoreCacheFolder,
  makeClozeQuestion,
  openRunScoreCache,
  type PlanOptions,
  type ScoreCache,
  type ScoredText,
  type ScoreProgress,
  scoreTexts,
  TRIED_QUESTIONS,
  tryBatchTokens,
  type UsedScoreCache,
} from "../../../runner/index.js";
import { checkDevices, type Model } from "../../../scoring/index.js";
import { openOutput, stdout } from "../../terminal/output.js";
import { plainTable } from "../../terminal/plain-table.js";
import { createProgress, type Progress } from "../../terminal/progress.js";
import { formatBatchTokens } from "../../terminal/run-events.js";
import { loadModelWithProgress } from "../load-with-progress.js";
import { type InputText, makeTypedQuestions, openQuestions, type Questions } from "./questions.js";

/** `glm-eval score`: scores the answers of cloze texts from the command line or JSON lines. */
export async function score(argv: ScoreTextOptions): Promise<void> {
  const conventions = resolveConventions(argv);
  const plan = getPlan(argv);
  checkDevices(argv);
  const { input, output } = argv;
  const questions = await getQuestions(argv);
  const asLines = argv.json || input !== undefined || output !== undefined;
  const out = output === undefined || output === "-" ? stdout : await openOutput(output, input);
  const progress = createProgress();
  let model: Model | undefined;
  let cache: UsedScoreCache | undefined;
  let done = 0;
  try {
    model = await loadModelWithProgress(argv, progress);
    cache = argv.cache ? await openCache(model, progress) : undefined;
    let maxBatchTokens = plan.maxBatchTokens === "auto" ? undefined : plan.maxBatchTokens;
    const options = {
      ...plan,
      conventions,
      ...(cache && { cache: cache.scores }),
      onProgress: (p: ScoreProgress) =>
        progress.update("scoring", done + p.questions, done + p.totalQuestions, "questions", p.secondsLeft),
    };
    for await (const { texts, error } of questions) {
      maxBatchTokens ??= await measureBatchTokens(model, texts, progress);
      await scoreChunk(model, texts, { ...options, maxBatchTokens }, async (results, inputs) => {
        done += results.length;
        progress.end();
        await out.write(
          results.map((r, k) => (asLines ? toJsonLine(r, inputs[k]!) : formatTable(r, inputs[k]!))).join(""),
        );
      });
      if (error) throw error;
    }
  } catch (error) {
    if (!(error instanceof GlmEvalError) || done === 0) throw error;
    const where = out === stdout ? "were printed" : `are in ${output}, which has no others`;
    const hint =
      `${error.hint ?? ""} The results of the ${done} ${done === 1 ? "text" : "texts"} before it ${where}.`.trim();
    throw new GlmEvalError(error.code, error.message, { hint, cause: error });
  } finally {
    progress.end();
    await cache?.scores.close();
    await model?.engine.close();
    await out.close();
  }
}

async function getQuestions({ texts, answers, input }: ScoreTextOptions): Promise<AsyncIterable<Questions>> {
  if (input !== undefined) {
    if (texts.length > 0 || answers)
      throw new GlmEvalError(
        "conflicting-options",
        "--input conflicts with a text or --answers; expected one of the two",
        {
          hint: "The lines of --input contain the texts and answers.",
        },
      );
    return openQuestions(input);
  }
  if (texts.length === 0)
    throw new GlmEvalError(
      "missing-argument",
      "nothing to score: expected a text with one [MASK], or --input FILE",
      {
        hint: 'glm-eval score "Paris is the capital of [MASK]." --answers France,Italy',
      },
    );
  const typed = makeTypedQuestions(texts, answers ?? []);
  return (async function* () {
    yield { texts: typed };
  })();
}

function openCache({ name, facts }: Model, progress: Progress): Promise<UsedScoreCache> {
  return openRunScoreCache({
    folder: getScoreCacheFolder(),
    model: name === BUNDLED_MODEL ? path.basename(name) : name,
    facts,
    before: undefined,
    onNote: (sentence) => progress.say(`note: ${sentence}`),
  });
}

/** Measures the best batch size with the first texts, for use with all. */
async function measureBatchTokens(
  model: Model,
  texts: readonly InputText[],
  progress: Progress,
): Promise<number> {
  const questions = texts.slice(0, TRIED_QUESTIONS).map(makeClozeQuestion);
  let isReported = false;
  const onTry = (): void => {
    if (!isReported) progress.say("measuring the best batch size …");
    isReported = true;
  };
  const tried = await tryBatchTokens(model, questions, { total: texts.length, onTry });
  const tokens = chooseBatchTokens(tried);
  if (isReported) progress.say(formatBatchTokens({ tokens, tried }));
  return tokens;
}

/** Scores a chunk. If a text cannot be scored, the results of those before it are emitted before the error is thrown. */
async function scoreChunk(
  model: Model,
  texts: readonly InputText[],
  options: PlanOptions & { conventions: Conventions; cache?: ScoreCache },
  emit: (results: readonly ScoredText[], texts: readonly InputText[]) => Promise<void>,
): Promise<void> {
  if (texts.length === 0) return;
  let results: ScoredText[];
  try {
    results = await scoreTexts(model, texts, options);
  } catch (error) {
    if (!(error instanceof GlmEvalError) || texts.length < 2) throw error;
    const half = texts.length >> 1;
    await scoreChunk(model, texts.slice(0, half), options, emit);
    return scoreChunk(model, texts.slice(half), options, emit);
  }
  await emit(results, texts);
}

function toJsonLine({ answers }: ScoredText, { givenId }: InputText): string {
  const line = {
    id: givenId,
    answers: answers.map((a) => ({
      answer: a.answer,
      token_ids: a.tokenIds,
      tokens: a.tokens,
      token_log_probs: a.tokenLogProbs,
      is_greedy: a.isGreedy,
      closing: snakeKeys(a.closing),
      score: a.score,
    })),
  };
  return `${JSON.stringify(line)}\n`;
}

function formatTable({ answers }: ScoredText, { text }: InputText): string {
  const rows = [...answers]
    .sort((x, y) => y.probability - x.probability)
    .map((a) => [
      a.answer,
      a.probability.toFixed(4),
      a.score.toFixed(4),
      a.tokens.map((token, k) => `${token} (${a.tokenLogProbs[k]!.toFixed(2)})`).join(" "),
    ]);
  const head = ["answer", "probability", "score", "tokens (log-probability)"];
  return `${text}\n${plainTable(head, rows, ["probability", "score"])}\n`;
}
