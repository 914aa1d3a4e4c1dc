import { BUNDLED_MODEL_NOTE } from "../bundled.js";
import { explain } from "../errors.js";
import { type BaselineResults, compareEvaluations, type RunResults } from "../results/index.js";
import { notScored } from "../runner/index.js";
import type { Task } from "../tasks/index.js";
import type { ModelOutcome } from "./models-of-run.js";

interface RunFacts {
  readonly split: string;
  readonly protocol: string;
  readonly tasks: readonly Task[];
  readonly sampleData: boolean;
}

/** What the models' evaluations come to: the first model's results, and every other's beside them. */
export function resultsOf([main, ...others]: readonly ModelOutcome[], run: RunFacts): RunResults {
  const { evaluation } = main!;
  return {
    schema: 2,
    ...about(main!),
    protocol: run.protocol,
    split: run.split,
    sampleData: run.sampleData,
    tasks: evaluation?.tasks ?? run.tasks.map((task) => notScored(task, "failed", explain(main!.error))),
    suites: evaluation?.suites ?? [],
    baselines: others.map((outcome) => baseline(outcome, main!, run.protocol)),
  };
}

function about({ name, isBundled, model }: ModelOutcome) {
  return {
    model: name,
    ...(isBundled && { modelNote: BUNDLED_MODEL_NOTE }),
    family: model?.facts.family ?? "unknown",
  };
}

function baseline(outcome: ModelOutcome, main: ModelOutcome, protocol: string): BaselineResults {
  const { evaluation, error } = outcome;
  if (evaluation === undefined)
    return {
      ...about(outcome),
      protocol,
      status: "failed",
      message: explain(error),
      tasks: [],
      suites: [],
      comparisons: [],
    };
  return {
    ...about(outcome),
    protocol,
    status: "done",
    tasks: evaluation.tasks,
    suites: evaluation.suites,
    comparisons: main.evaluation ? compareEvaluations(main.evaluation, evaluation) : [],
  };
}
