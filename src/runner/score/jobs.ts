import type { ClozeQuestion } from "../../patterns/index.js";
import type { PreparedQuestion } from "../../scoring/index.js";
import type { CalibrationKind, TaskPattern } from "../../tasks/index.js";
import type { CalibrationIds } from "../record/question.js";
import { PrepareAhead, type Preparer } from "../schedule/prepare-ahead.js";
import { type OnError, whyNotRendered } from "../schedule/skip.js";
import { drawShots, type FewshotOptions, type Shown } from "./fewshot.js";
import type { PreparedTask } from "./prepare-tasks.js";

export type ReadyTask = Extract<PreparedTask, { readonly status: "ready" }>;

/** What a run's questions depend on in addition to the data. */
export interface QuestionOptions {
  readonly fewshot?: FewshotOptions | undefined;
  readonly calibration?: CalibrationKind | undefined;
  /** what to do with an example that cannot be scored; default: "stop" */
  readonly onError?: OnError | undefined;
}

/** A task's questions for one of its patterns. */
export interface Job {
  readonly ready: ReadyTask;
  readonly pattern: TaskPattern;
}

/** A job's questions, being prepared for the engine. */
export interface JobQuestions<P extends PreparedQuestion> {
  readonly ahead: PrepareAhead<P>;
  /** the few-shot examples before each question (undefined if there are none) */
  readonly shown: readonly (Shown | undefined)[];
}

/** The jobs of a run in order: while the last questions of one are scored, those of the next are made. */
export class Jobs<P extends PreparedQuestion> {
  readonly #model: Preparer<P>;
  readonly #options: QuestionOptions;
  readonly #jobs: readonly Job[];
  /** at most one: the next job is the one that was started */
  #started: { readonly pattern: TaskPattern; readonly questions: JobQuestions<P> } | undefined;

  constructor(model: Preparer<P>, tasks: readonly PreparedTask[], options: QuestionOptions) {
    this.#model = model;
    this.#options = options;
    this.#jobs = listJobs(tasks);
  }

  /** Starts making a job's questions, or continues if it was started before. */
  start(job: Job): JobQuestions<P> {
    if (this.#started?.pattern !== job.pattern) {
      this.stop();
      return this.#make(job);
    }
    const { questions } = this.#started;
    this.#started = undefined;
    return questions;
  }

  /** Starts making the questions of the job after this one, if there is one. */
  startNext({ pattern }: Job): void {
    const next = this.#jobs[this.#jobs.findIndex((job) => job.pattern === pattern) + 1];
    if (next) this.#started = { pattern: next.pattern, questions: this.#make(next) };
  }

  /** Stops jobs that were started but are no longer needed. */
  stop(): void {
    this.#started?.questions.ahead.stop();
    this.#started = undefined;
  }

  #make(job: Job): JobQuestions<P> {
    const { shown, ...source } = makeQuestions(job, this.#options);
    return { ahead: new PrepareAhead(this.#model, source), shown };
  }
}

/** Makes a job's questions lazily. */
export function makeQuestions({ ready, pattern }: Job, { fewshot, calibration, onError }: QuestionOptions) {
  const { task, dataset, pool } = ready;
  const { examples } = dataset;
  let show: ReturnType<typeof drawShots> | undefined;
  const shown: (Shown | undefined)[] = [];
  const question = (k: number): ClozeQuestion => {
    if (pool && fewshot) show ??= drawShots(task, pattern, dataset, pool, fewshot);
    shown[k] = show?.(examples[k]!);
    const asked = pattern.question(examples[k]!, shown[k]?.shots);
    // Made last, so an example whose calibration fails is left out before it is scored.
    if (onError === "skip" && calibration !== undefined && pattern.decision !== "greedy")
      pattern.calibration(calibration, examples[k]!, shown[k]?.shots);
    return asked;
  };
  const skip = (k: number): ClozeQuestion => ({
    id: `${task.name}/${pattern.id}/${examples[k]!.id}`,
    clozes: [],
    answerKind: "words",
  });
  return { count: examples.length, question, shown, skip: onError === "skip" ? skip : undefined };
}

/** The calibration questions of a job, each once, and which of them belong to which example. */
export interface Calibrating {
  readonly questions: readonly ClozeQuestion[];
  /** in the order of the examples */
  readonly ids: readonly (CalibrationIds | undefined)[];
}

/**
 * Makes the calibration questions of a job.
 * @param shown the few-shot examples before each question
 * @param isSkipped whether an example is left out, by its number
 * @returns undefined if the pattern is not calibrated: no calibration is requested, or no scores are compared
 */
export function makeCalibratingQuestions(
  { ready, pattern }: Job,
  shown: readonly (Shown | undefined)[],
  { calibration }: QuestionOptions,
  isSkipped: (k: number) => boolean = () => false,
): Calibrating | undefined {
  if (calibration === undefined || pattern.decision === "greedy") return undefined;
  const questions = new Map<string, ClozeQuestion>();
  const ids = ready.dataset.examples.map((example, k) => {
    if (isSkipped(k)) return undefined;
    const own = pattern.calibration(calibration, example, shown[k]?.shots);
    for (const question of own) questions.set(question.id, question);
    return { [calibration]: own.map(({ id }) => id) };
  });
  return { questions: [...questions.values()], ids };
}

/**
 * Returns some of a run's questions, evenly spaced in its largest job, and the number of questions in that job.
 * @param max maximum number of questions
 */
export function selectQuestions(
  tasks: readonly PreparedTask[],
  options: QuestionOptions,
  max: number,
): { readonly questions: readonly ClozeQuestion[]; readonly total: number } {
  const jobs = listJobs(tasks).sort(
    (a, b) => b.ready.dataset.examples.length - a.ready.dataset.examples.length,
  );
  if (jobs[0] === undefined) return { questions: [], total: 0 };
  const { count, question, skip } = makeQuestions(jobs[0], options);
  const some = Math.min(max, count);
  const questions = Array.from({ length: some }, (_, k) => k).flatMap((k) => {
    try {
      return question(Math.floor((k * count) / some));
    } catch (error) {
      if (!skip) throw error;
      whyNotRendered(error);
      return [];
    }
  });
  return { questions, total: count };
}

function listJobs(tasks: readonly PreparedTask[]): Job[] {
  return tasks.flatMap((ready) =>
    ready.status === "ready" ? ready.patterns.map((pattern) => ({ ready, pattern })) : [],
  );
}
