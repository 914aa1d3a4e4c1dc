import { GlmEvalError } from "../../errors.js";
import { computeConfusion, computeMetric, hasGold } from "../../metrics/index.js";
import type { Conventions } from "../../options/index.js";
import type { Limited, TaskResult } from "../../results/index.js";
import type { AnswerScore, Family } from "../../scoring/index.js";
import type { CalibrationKind } from "../../tasks/index.js";
import type { ScoredQuestions } from "../record/journal.js";
import type { QuestionRecord } from "../record/question.js";
import type { PatternRecord } from "../record/run-record.js";
import { chooseScoreRule } from "./conventions.js";
import { type CalibratedBy, decide } from "./decide.js";
import type { JudgedTask, PatternRun } from "./judged-task.js";
import { measureReliability } from "./label-reliability.js";
import { hasSameTokens, type JudgedExample, makePrediction } from "./samples.js";

/** How a model's scores are judged. */
export interface JudgeOptions {
  readonly conventions: Conventions;
  /** how the model reads a blank */
  readonly family: Family;
  /** number of few-shot examples requested; undefined if none are shown */
  readonly fewshot?: number | undefined;
  /** which of the split's examples were scored; undefined for all */
  readonly limited?: Limited | undefined;
}

/**
 * Judges one pattern: all of its questions by one rule, so that all examples are measured alike.
 * @param questions in the order of the data
 * @param scored the journal's entries of the model, including the calibration questions
 * @throws GlmEvalError (data) with the question if a score is missing, or if a metric is not applicable to the examples
 */
export function judgePattern(
  task: JudgedTask,
  pattern: PatternRecord,
  questions: readonly QuestionRecord[],
  scored: ScoredQuestions,
  options: JudgeOptions,
): PatternRun {
  const all = questions.map((question) => ({
    question,
    entry: scored.get(question.id) ?? missing(question.id),
  }));
  const asked = all.filter(({ entry }) => entry.skipped === undefined);
  const { answerKind = "words" } = asked[0]?.question ?? {};
  const rule = chooseScoreRule(
    options.conventions,
    { answerKind, family: options.family },
    listAnswers(asked),
    pattern,
  );
  // Where the answer must be the model's own first choice, no score is compared with another.
  const calibration = pattern.decision === "greedy" ? "none" : options.conventions.calibration;
  const judged = asked.map(({ question, entry }): JudgedExample => {
    const calibratedBy = calibration === "none" ? undefined : findCalibration(calibration, question, scored);
    const decided = decide(question, entry.answers, {
      decision: pattern.decision,
      labels: task.labels,
      prior: task.prior,
      rule,
      calibratedBy,
    });
    return { question, entry, decided };
  });
  const predictions = judged.map(makePrediction);
  const judgeable = predictions.filter(hasGold);
  const isJudged = judgeable.length > 0;
  const unlabelled = predictions.length - judgeable.length;
  const skipped = questions.length - asked.length;
  const { fewshot, limited } = options;
  const sameTokens = judged.filter(hasSameTokens).length;
  const result: TaskResult = {
    task: task.name,
    title: task.title,
    pattern: pattern.id,
    status: "done",
    ...(!isJudged && { message: "no gold labels; predictions in samples/" }),
    examples: asked.length,
    ...(limited && { limited }),
    ...(unlabelled > 0 && { unlabelled }),
    ...(skipped > 0 && { skipped }),
    metrics: isJudged
      ? task.metrics.map((metric) => computeMetric(metric, judgeable, { labels: task.labels }))
      : [],
    ties: judged.filter(({ decided }) => decided.tie).length,
    ...(sameTokens > 0 && { sameTokens }),
    truncated: judged.filter(({ entry }) => entry.cut > 0).length,
    ...(fewshot !== undefined && {
      fewshot,
      shotsDropped: judged.filter(({ entry }) => entry.shotsDropped !== undefined).length,
    }),
    endOfPiece: rule.endOfPiece,
    normalization: rule.normalization,
    ...(calibration !== "none" && { calibration }),
    ...(asked.some(({ question }) => hasSeveralWords(question)) && { aggregate: rule.aggregate }),
    ...(task.prior && { prior: task.labels.map((label, k) => ({ label, probability: task.prior![k]! })) }),
    ...(isJudged && task.labels.length > 0 && { confusion: computeConfusion(judgeable, task.labels) }),
    ...(isJudged && measureReliability(judgeable, task.labels)),
  };
  return { result, judged, predictions };
}

function* listAnswers(
  asked: readonly { readonly entry: { readonly answers: readonly AnswerScore[] } }[],
): Generator<AnswerScore, void> {
  for (const { entry } of asked) yield* entry.answers;
}

function findCalibration(
  kind: CalibrationKind,
  question: QuestionRecord,
  scored: ScoredQuestions,
): CalibratedBy {
  const ids = question.calibration?.[kind];
  if (ids === undefined || ids.length === 0) return missingCalibration(kind, question.id);
  const answers = ids.map((id) => (scored.get(id) ?? missingCalibration(kind, question.id)).answers);
  return kind === "pmi" ? { kind, premise: answers[0]! } : { kind, contentFree: answers };
}

function missing(id: string): never {
  throw new GlmEvalError("journal-incomplete", `the journal has no scores for ${id}`, {
    hint: "The run was stopped before it scored this question. Rerun the same command with --resume.",
  });
}

/** A calibration that was not requested when the run was scored. */
export class CalibrationMissing extends GlmEvalError {
  readonly calibration: CalibrationKind;

  /** the question that cannot be calibrated */
  readonly question: string;

  /** @param command the command that scores what is missing, if known */
  constructor(kind: CalibrationKind, question: string, command?: string) {
    const how = command === undefined ? `rerun with --resume and --calibration ${kind}` : command;
    super(
      "calibration-missing",
      `the journal lacks scores that --calibration ${kind} needs; the first missing one is for ${question}`,
      { hint: `Score only those: ${how}` },
    );
    this.question = question;
    this.calibration = kind;
  }
}

function missingCalibration(kind: CalibrationKind, id: string): never {
  throw new CalibrationMissing(kind, id);
}

/** Whether a label has several answers, so that the aggregation rule matters. */
function hasSeveralWords({ answers }: QuestionRecord): boolean {
  const labels = answers.flatMap(({ label }) => label ?? []);
  return new Set(labels).size < labels.length;
}
