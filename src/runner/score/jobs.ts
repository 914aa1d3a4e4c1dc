import type { ClozeQuestion } from "../../patterns/index.js";
import type { PreparedQuestion } from "../../scoring/index.js";
import type { CalibrationKind, TaskPattern } from "../../tasks/index.js";
import type { CalibrationIds } from "../record/question.js";
import { PrepareAhead, type Preparer } from "../schedule/prepare-ahead.js";
import { drawShots, type FewshotOptions, type Shown } from "./fewshot.js";
import type { PreparedTask } from "./prepare-tasks.js";

export type ReadyTask = Extract<PreparedTask, { readonly status: "ready" }>;

/** The options, besides the data, that a run's questions depend on. */
export interface QuestionOptions {
  readonly fewshot?: FewshotOptions | undefined;
  readonly calibration?: CalibrationKind | undefined;
}

/** A task in one of its patterns: a set of questions to score. */
export interface Job {
  readonly ready: ReadyTask;
  readonly pattern: TaskPattern;
}

/** A job's questions, being prepared for the engine. */
export interface JobQuestions<P extends PreparedQuestion> {
  readonly ahead: PrepareAhead<P>;
  /** the examples shown before each question (undefined if there are none) */
  readonly shown: readonly (Shown | undefined)[];
}

/** The jobs of a run in order: while the last questions of one are scored, those of the next are prepared. */
export class Jobs<P extends PreparedQuestion> {
  readonly #model: Preparer<P>;
  readonly #options: QuestionOptions;
  readonly #jobs: readonly Job[];
  /** at most one job is prepared in advance: the next one */
  #started: { readonly pattern: TaskPattern; readonly questions: JobQuestions<P> } | undefined;

  constructor(model: Preparer<P>, tasks: readonly PreparedTask[], options: QuestionOptions) {
    this.#model = model;
    this.#options = options;
    this.#jobs = listJobs(tasks);
  }

  /** Starts preparing a job's questions, or returns those already started. */
  start(job: Job): JobQuestions<P> {
    if (this.#started?.pattern !== job.pattern) {
      this.stop();
      return this.#make(job);
    }
    const { questions } = this.#started;
    this.#started = undefined;
    return questions;
  }

  /** Starts preparing the questions of the job after this one, if there is one. */
  startNext({ pattern }: Job): void {
    const next = this.#jobs[this.#jobs.findIndex((job) => job.pattern === pattern) + 1];
    if (next) this.#started = { pattern: next.pattern, questions: this.#make(next) };
  }

  /** Stops preparing questions that are no longer needed. */
  stop(): void {
    this.#started?.questions.ahead.stop();
    this.#started = undefined;
  }

  #make(job: Job): JobQuestions<P> {
    const { shown, ...source } = makeQuestions(job, this.#options);
    return { ahead: new PrepareAhead(this.#model, source), shown };
  }
}

/** Makes a job's questions, each one on demand. */
export function makeQuestions({ ready, pattern }: Job, { fewshot }: QuestionOptions) {
  const { task, dataset, pool } = ready;
  const { examples } = dataset;
  let show: ReturnType<typeof drawShots> | undefined;
  const shown: (Shown | undefined)[] = [];
  const question = (k: number): ClozeQuestion => {
    if (pool && fewshot) show ??= drawShots(task, pattern, dataset, pool, fewshot);
    shown[k] = show?.(examples[k]!);
    return pattern.question(examples[k]!, shown[k]?.shots);
  };
  return { count: examples.length, question, shown };
}

/** The questions that calibrate a job, each once, and which of them belong to which example. */
export interface Calibrating {
  readonly questions: readonly ClozeQuestion[];
  /** in the order of the examples */
  readonly ids: readonly CalibrationIds[];
}

/**
 * Makes the questions that calibrate a job.
 * @param shown the examples shown before each question
 * @returns undefined if the pattern is not calibrated: no calibration is requested, or the decision compares no scores
 */
export function makeCalibratingQuestions(
  { ready, pattern }: Job,
  shown: readonly (Shown | undefined)[],
  { calibration }: QuestionOptions,
): Calibrating | undefined {
  if (calibration === undefined || pattern.decision === "greedy") return undefined;
  const questions = new Map<string, ClozeQuestion>();
  const ids = ready.dataset.examples.map((example, k) => {
    const own = pattern.calibration(calibration, example, shown[k]?.shots);
    for (const question of own) questions.set(question.id, question);
    return { [calibration]: own.map(({ id }) => id) };
  });
  return { questions: [...questions.values()], ids };
}

/**
 * Selects some of a run's questions, evenly spaced in its largest job, and returns them with that job's total.
 * @param max how many are wanted
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
  const { count, question } = makeQuestions(jobs[0], options);
  const length = Math.min(max, count);
  const questions = Array.from({ length }, (_, k) => question(Math.floor((k * count) / length)));
  return { questions, total: count };
}

function listJobs(tasks: readonly PreparedTask[]): Job[] {
  return tasks.flatMap((ready) =>
    ready.status === "ready" ? ready.patterns.map((pattern) => ({ ready, pattern })) : [],
  );
}
