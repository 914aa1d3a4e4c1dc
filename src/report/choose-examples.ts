import { GlmEvalError } from "../errors.js";
import { isRight, type Sample } from "../results/index.js";

/** The samples of a run: by task's name, in the order of their file. */
export type SamplesByTask = ReadonlyMap<string, readonly Sample[]>;

/** Which examples are shown. */
export interface ExamplesOptions {
  /** "disagree": where two models predict differently */
  readonly which: "wrong" | "right" | "all" | "disagree";
  /** how many of each task, from the first on (default 20) */
  readonly count?: number | undefined;
  /** whose predictions are right or wrong; the first model of the samples unless given */
  readonly model?: string | undefined;
}

/** One example as it is shown. */
export interface Chosen {
  /** those that are shown, the first of the model whose predictions count */
  readonly samples: readonly [Sample, ...Sample[]];
  readonly right: boolean | undefined;
}

export interface ChosenOfTask {
  readonly task: string;
  readonly chosen: readonly Chosen[];
  /** how many there are, shown or not */
  readonly all: number;
}

/**
 * Picks the examples to show of each task, in the order of the samples.
 * @throws GlmEvalError (usage) for a count below 1, a model without samples, and "disagree" with one model alone
 */
export function chooseExamples(samples: SamplesByTask, options: ExamplesOptions): ChosenOfTask[] {
  const { which, count = 20 } = options;
  if (!Number.isSafeInteger(count) || count < 1)
    throw new GlmEvalError("bad-number", `the number of examples must be an integer from 1 on, not ${count}`);
  const models = new Set([...samples.values()].flat().map(({ model }) => model));
  const known = [...models].join(", ");
  const model = options.model ?? [...models][0];
  if (model !== undefined && !models.has(model))
    throw new GlmEvalError("no-samples", `there are no samples of the model ${JSON.stringify(model)}`, {
      hint: `there are samples of ${known}`,
    });
  if (which === "disagree" && models.size < 2)
    throw new GlmEvalError(
      "no-samples",
      `there is no other model to disagree with: the samples are of ${known}`,
      {
        hint: "run with --baseline, or name several runs",
      },
    );
  return [...samples].map(([task, all]) => {
    const chosen = groupsOf(all, model).filter(({ samples: [own, ...others], right }) => {
      if (which === "all") return true;
      if (which !== "disagree") return right === (which === "right");
      return others.some(({ predicted }) => predicted !== own.predicted);
    });
    const shown = which === "disagree" ? chosen : chosen.map(withoutOthers);
    return { task, chosen: shown.slice(0, count), all: chosen.length };
  });
}

function withoutOthers({ samples: [own], right }: Chosen): Chosen {
  return { samples: [own], right };
}

/** The samples of one example and pattern together, where the model has one. */
function groupsOf(samples: readonly Sample[], model: string | undefined): Chosen[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = JSON.stringify([sample.pattern, sample.id]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  return [...groups.values()].flatMap((group): Chosen[] => {
    const own = group.find((sample) => sample.model === model);
    if (own === undefined) return [];
    const others = group.filter((sample) => sample !== own);
    return [{ samples: [own, ...others], right: isRight(own) }];
  });
}
