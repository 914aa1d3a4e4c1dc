import { GlmEvalError } from "../errors.js";
import { isRight, type Sample } from "../results/index.js";

/** A run's samples by task name, in file order. */
export type SamplesByTask = ReadonlyMap<string, readonly Sample[]>;

/** Which examples to show. */
export interface ExamplesOptions {
  /** "disagree": those for which two models predict differently */
  readonly which: "wrong" | "right" | "all" | "disagree";
  /** how many per task, starting with the first (default 20) */
  readonly count?: number | undefined;
  /** whose predictions are right or wrong (default: the samples' first model) */
  readonly model?: string | undefined;
}

/** One example to show. */
export interface ChosenExample {
  /** one per model to show; the first is from the model whose predictions decide the choice */
  readonly samples: readonly [Sample, ...Sample[]];
  readonly right: boolean | undefined;
}

export interface TaskExamples {
  readonly task: string;
  readonly chosen: readonly ChosenExample[];
  /** how many match, including those beyond the count */
  readonly all: number;
}

/**
 * Picks each task's examples to show, in the order of the samples.
 * @throws GlmEvalError (usage) for a count below 1, a model without samples, and "disagree" with only one model
 */
export function chooseExamples(samples: SamplesByTask, options: ExamplesOptions): TaskExamples[] {
  const { which, count = 20 } = options;
  if (!Number.isSafeInteger(count) || count < 1)
    throw new GlmEvalError(
      "bad-number",
      `the number of examples must be an integer of at least 1, not ${count}`,
    );
  const models = new Set([...samples.values()].flat().map(({ model }) => model));
  const known = [...models].join(", ");
  const model = options.model ?? [...models][0];
  if (model !== undefined && !models.has(model))
    throw new GlmEvalError("no-samples", `no samples of model ${JSON.stringify(model)}`, {
      hint: `the samples are from ${known}`,
    });
  if (which === "disagree" && models.size < 2)
    throw new GlmEvalError("no-samples", `"disagree" needs two models, but all samples are from ${known}`, {
      hint: "run with --baseline, or pass several runs",
    });
  return [...samples].map(([task, all]) => {
    const chosen = groupByExample(all, model).filter(({ samples: [own, ...others], right }) => {
      if (which === "all") return true;
      if (which !== "disagree") return right === (which === "right");
      return others.some(({ predicted }) => predicted !== own.predicted);
    });
    const shown = which === "disagree" ? chosen : chosen.map(dropOtherModels);
    return { task, chosen: shown.slice(0, count), all: chosen.length };
  });
}

function dropOtherModels({ samples: [own], right }: ChosenExample): ChosenExample {
  return { samples: [own], right };
}

/** Groups samples by pattern and example; leaves out those without a sample of the model. */
function groupByExample(samples: readonly Sample[], model: string | undefined): ChosenExample[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = JSON.stringify([sample.pattern, sample.id]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  return [...groups.values()].flatMap((group): ChosenExample[] => {
    const own = group.find((sample) => sample.model === model);
    if (own === undefined) return [];
    const others = group.filter((sample) => sample !== own);
    return [{ samples: [own, ...others], right: isRight(own) }];
  });
}
