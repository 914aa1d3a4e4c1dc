import { computeConfusion, computeMetric, hasGold, type Prediction } from "../../metrics/index.js";
import type { TaskResult } from "../../results/index.js";
import type { LabelScore } from "./decide.js";
import type { JudgedTask, PatternRun } from "./judged-task.js";
import { measureReliability } from "./label-reliability.js";
import type { JudgedExample } from "./samples.js";

/** The name of the ensemble, used in place of a pattern's id. */
export const ENSEMBLE = "ensemble";

/**
 * Computes PET's ensemble of patterns (Schick and Schütze 2021, section 3.2, without its weights): for each pattern the
 * log-probabilities of the labels (log-softmax over their scores), then their mean over the patterns. PET averages the
 * raw scores, which differ by a constant per pattern: the order of the labels is the same.
 * @param patterns each pattern's scores for the same labels
 * @returns the mean log-probability of each label, in the order of the first pattern; natural logarithms
 */
export function ensembleScores(patterns: readonly (readonly LabelScore[])[]): LabelScore[] {
  const logProbs = patterns.map((scores) => {
    const highest = Math.max(...scores.map(({ score }) => score));
    const total = Math.log(scores.reduce((sum, { score }) => sum + Math.exp(score - highest), 0));
    return new Map(scores.map(({ label, score }) => [label, score - highest - total]));
  });
  return patterns[0]!.map(({ label }) => ({
    label,
    score: logProbs.reduce((sum, scores) => sum + scores.get(label)!, 0) / patterns.length,
  }));
}

/**
 * What the patterns predict together for the examples that all of them scored; the first of equal labels wins, and
 * ties are counted.
 * @param patterns each pattern's predictions
 * @returns undefined for a single pattern, and where a pattern does not score all labels of every example
 */
export function ensemblePredictions(
  labels: readonly string[],
  patterns: readonly (readonly Prediction[])[],
): { predictions: Prediction[]; ties: number } | undefined {
  const scoresAll = ({ scores }: Prediction): boolean => scores?.length === labels.length;
  if (patterns.length < 2 || labels.length === 0) return undefined;
  if (!patterns.every((predictions) => predictions.every(scoresAll))) return undefined;
  const byId = patterns.map((of) => new Map(of.map((prediction) => [prediction.exampleId, prediction])));
  const common = patterns[0]!.filter(({ exampleId }) => byId.every((of) => of.has(exampleId)));
  let ties = 0;
  const predictions = common.map((prediction) => {
    const scores = ensembleScores(byId.map((of) => of.get(prediction.exampleId)!.scores!));
    const highest = Math.max(...scores.map(({ score }) => score));
    const [best, ...equals] = scores.filter(({ score }) => score === highest);
    if (equals.length > 0) ties++;
    return { ...prediction, predicted: best!.label, scores };
  });
  return { predictions, ties };
}

/** Judges the ensemble of a task's patterns as a separate result; undefined as for `ensemblePredictions`. */
export function judgeEnsemble(
  task: JudgedTask,
  runs: readonly PatternRun[],
): { result: TaskResult; predictions: Prediction[] } | undefined {
  const ensemble = ensemblePredictions(
    task.labels,
    runs.map(({ predictions }) => predictions),
  );
  if (ensemble === undefined) return undefined;
  const { predictions, ties } = ensemble;
  const first = runs[0]!;
  const ids = new Set(predictions.map(({ exampleId }) => exampleId));
  const count = (is: (example: JudgedExample) => boolean): number =>
    new Set(
      runs.flatMap(({ judged }) =>
        judged.flatMap((one) => (is(one) && ids.has(one.question.example) ? one.question.example : [])),
      ),
    ).size;
  const sameTokens = Math.max(...runs.map(({ result }) => result.sameTokens ?? 0));
  const judgeable = predictions.filter(hasGold);
  const isJudged = judgeable.length > 0;
  const { skipped: _skipped, unlabelled: _unlabelled, ...common } = first.result;
  const unlabelled = predictions.length - judgeable.length;
  const skipped = first.result.examples + (first.result.skipped ?? 0) - predictions.length;
  const result: TaskResult = {
    ...common,
    pattern: ENSEMBLE,
    kind: "ensemble",
    examples: predictions.length,
    ...(unlabelled > 0 && { unlabelled }),
    ...(skipped > 0 && { skipped }),
    metrics: isJudged
      ? task.metrics.map((metric) => computeMetric(metric, judgeable, { labels: task.labels }))
      : [],
    ties,
    ...(sameTokens > 0 && { sameTokens }),
    truncated: count(({ entry }) => entry.cut > 0),
    ...(first.result.fewshot && { shotsDropped: count(({ entry }) => entry.shotsDropped !== undefined) }),
    ...(isJudged && { confusion: computeConfusion(judgeable, task.labels) }),
    ...(isJudged && measureReliability(judgeable, task.labels)),
  };
  return { result, predictions };
}
