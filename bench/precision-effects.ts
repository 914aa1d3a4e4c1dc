import { fileURLToPath } from "node:url";
import {
  builtinTasks,
  compareEvaluations,
  type Evaluation,
  evaluate,
  findTask,
  loadModel,
  PROTOCOLS,
  type Sample,
} from "../src/index.js";
import { findMetric } from "../src/metrics/index.js";
import type { Dtype } from "../src/models/config/index.js";
import { GLM_DTYPES, type GlmDtype, toGlmDtype } from "../src/models/glm/index.js";
import { BATCH_TOKENS } from "./batches.js";
import { removeScratch, scratchFolder } from "./scratch.js";

const bundled = (...names: string[]): string =>
  fileURLToPath(new URL(`../data/${names.join("/")}`, import.meta.url));

export interface EffectsOptions {
  /** folder with the data sets under their official names */
  readonly data: string;
  /** task names; default: SuperGLUE's eight */
  readonly tasks?: readonly string[];
  /** folder or hub name of a GLM; default: the bundled model */
  readonly model?: string;
  /** default: all except float32 */
  readonly dtypes?: readonly Dtype[];
  /** at most this many examples of each task */
  readonly limit?: number;
  readonly threads: number;
}

/** One dtype's numbers on all tasks. */
interface Scored {
  readonly evaluation: Evaluation;
  /** by task */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

const HEAD = [
  "task",
  "dtype",
  "mean \\|Δ log p\\|",
  "largest",
  "predictions that change",
  "in float32 → in the dtype (p of the paired test)",
];

/**
 * The effect of the number format of a GLM's weights on its scores: scores every question of the tasks in float32 and then in
 * each other dtype. An answer's log p is its score by the task's own rule. Tasks without data are skipped.
 * @returns the lines of a Markdown table, heading first, each as soon as it is known
 */
export async function* precisionEffects(options: EffectsOptions): AsyncIterable<string> {
  const dtypes = options.dtypes?.map(toGlmDtype) ?? GLM_DTYPES.filter((one) => one !== "fp32");
  const names = options.tasks ?? builtinTasks().filter((name) => !name.startsWith("ax"));
  const tasks = await Promise.all(names.map((name) => findTask(name)));
  const cache = await scratchFolder();
  const score = async (dtype: GlmDtype): Promise<Scored> => {
    const { threads, model = bundled("models", "glm-tiny") } = options;
    const loaded = await loadModel(model, {
      ...{ dtype, threads, cacheFolder: cache },
      maxBatchTokens: BATCH_TOKENS,
    });
    const samples = new Map<string, readonly Sample[]>();
    try {
      const evaluation = await evaluate(loaded, tasks, {
        conventions: PROTOCOLS.glm,
        maxBatchTokens: BATCH_TOKENS,
        dataRoot: options.data,
        ...(options.limit && { limit: options.limit }),
        onSamples: async (task, of) => void samples.set(task.name, of),
      });
      return { evaluation, samples };
    } finally {
      await loaded.engine.close();
    }
  };
  yield tableRow(HEAD);
  yield tableRow(HEAD.map(() => "---"));
  try {
    const exact = await score("fp32");
    for (const dtype of dtypes) {
      const rounded = await score(dtype);
      const comparisons = compareEvaluations(rounded.evaluation, exact.evaluation);
      for (const { task, title, metrics, status, examples } of exact.evaluation.tasks) {
        if (status !== "done") continue;
        const { mean, most, changed } = differences(exact.samples.get(task)!, rounded.samples.get(task)!);
        const values = metrics.map(({ metric, value }) => {
          const { difference, p } = comparisons.find((one) => one.task === task && one.metric === metric)!;
          const after = 100 * (value + difference);
          return `${findMetric(metric)!.title} ${(100 * value).toFixed(1)} → ${after.toFixed(1)} (${p.toFixed(2)})`;
        });
        yield tableRow([
          `${title.split(",")[0]}`,
          dtype,
          scientific(mean),
          scientific(most),
          `${changed} of ${examples} (${((100 * changed) / examples).toFixed(1)} %)`,
          values.join(", "),
        ]);
      }
    }
  } finally {
    await removeScratch(cache);
  }
}

function differences(a: readonly Sample[], b: readonly Sample[]) {
  const byId = new Map(b.map((sample) => [sample.id, sample]));
  const off = a.flatMap(({ id, answers }) =>
    answers.map(({ score }, k) => Math.abs(score - byId.get(id)!.answers[k]!.score)),
  );
  return {
    mean: off.reduce((sum, x) => sum + x, 0) / off.length,
    most: off.reduce((most, x) => Math.max(most, x), 0),
    changed: a.filter(({ id, predicted }) => byId.get(id)!.predicted !== predicted).length,
  };
}

const scientific = (value: number): string =>
  value === 0 ? "0" : value < 0.01 ? value.toExponential(1) : value.toFixed(3);
const tableRow = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
