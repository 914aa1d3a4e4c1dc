import { computeMetric, type Prediction } from "../../../src/metrics/index.js";
import {
  compareEvaluations,
  type Judged,
  type RunResults,
  type Sample,
  type TaskResult,
} from "../../../src/results/index.js";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface MadeTask {
  readonly task: string;
  readonly metrics: readonly string[];
  /** label, and the word that maps to it; empty if answers are texts */
  readonly labels: readonly (readonly [string, string])[];
  readonly patterns?: number;
  /** how much of each model's skill applies to this task */
  readonly hard?: number;
}

const TASKS: readonly MadeTask[] = [
  {
    task: "boolq",
    metrics: ["accuracy"],
    labels: [
      ["false", "No"],
      ["true", "Yes"],
    ],
    patterns: 6,
  },
  {
    task: "cb",
    metrics: ["f1_macro", "accuracy"],
    labels: [
      ["entailment", "Yes"],
      ["contradiction", "No"],
      ["neutral", "Maybe"],
    ],
    patterns: 3,
  },
  {
    task: "copa",
    metrics: ["accuracy"],
    labels: [
      ["0", "the rain"],
      ["1", "a flood"],
    ],
  },
  {
    task: "rte",
    metrics: ["accuracy"],
    labels: [
      ["entailment", "Yes"],
      ["not_entailment", "No"],
    ],
    hard: 0.2,
  },
  { task: "record", metrics: ["token_f1", "exact_match"], labels: [] },
];

const WORDS =
  "the river rose after two days of rain and the ferry stopped at noon because nobody on the quay could see the far bank so the drivers waited in their cars with the engines off and drank cold coffee".split(
    " ",
  );
const NAMES = ["Donal Farrelly", "Conor Meade", "Ingrid Solheim", "Northern Star"];

export interface MadeModel {
  readonly model: string;
  /** by how much the score of the right answer is raised */
  readonly skill: number;
  readonly family: string;
}

export interface MadeRun {
  readonly results: RunResults;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

/** A synthetic run: scores are random, everything derived from them is computed as for a real run. */
export function makeRun(
  models: readonly MadeModel[],
  { examples, tasks = TASKS.map(({ task }) => task) }: { examples: number; tasks?: readonly string[] },
): MadeRun {
  const chosen = TASKS.filter(({ task }) => tasks.includes(task));
  const evaluated = models.map((model, m) => evaluate(model, chosen, { examples, seed: 7 * (m + 1) }));
  const samples = new Map(
    chosen.map(({ task }) => [task, evaluated.flatMap((one) => one.samples.get(task)!)]),
  );
  const [own, ...others] = evaluated;
  return {
    samples,
    results: {
      schema: 3,
      model: models[0]!.model,
      family: models[0]!.family,
      protocol: "glm",
      split: "validation",
      sampleData: false,
      tasks: own!.tasks,
      suites: [],
      baselines: others.map((other, k) => ({
        model: models[k + 1]!.model,
        family: models[k + 1]!.family,
        protocol: "pet",
        status: "done",
        tasks: other.tasks,
        suites: [],
        comparisons: compareEvaluations(own!, other),
      })),
    },
  };
}

function evaluate(
  { model, skill }: MadeModel,
  tasks: readonly MadeTask[],
  { examples, seed }: { examples: number; seed: number },
) {
  const results: TaskResult[] = [];
  const judged: Judged[] = [];
  const samples = new Map<string, Sample[]>();
  tasks.forEach((task, t) => {
    const { patterns = 1, hard = 1 } = task;
    const own: Sample[] = [];
    samples.set(task.task, own);
    const add = (pattern: string, made: readonly Sample[], kind?: "ensemble") => {
      const predictions = made.map(makePrediction);
      const labels = task.labels.map(([label]) => label);
      const metrics = task.metrics.map((name) => computeMetric(name, predictions, { labels, draws: 200 }));
      judged.push({ task: task.task, pattern, labels, predictions });
      results.push({
        task: task.task,
        title: task.task,
        pattern,
        ...(kind && { kind }),
        status: "done",
        examples,
        metrics,
        ties: 0,
        truncated: 0,
        endOfPiece: true,
        normalization: "sum",
        ...(labels.length > 0 && judgement(made, labels)),
      });
    };
    for (let p = 0; p < patterns; p++) {
      const random = randomOf(1000 * (t + 1) + 10 * p + seed);
      const made = Array.from({ length: examples }, (_, k) =>
        makeSample(task, { model, pattern: `p${p}`, k, t, lift: skill * hard * (1 - 0.18 * p), random }),
      );
      own.push(...made);
      add(`p${p}`, made);
    }
    if (patterns > 1) add("ensemble", own.slice(0, examples), "ensemble");
  });
  return { tasks: results, judged, samples };
}

interface Making {
  readonly model: string;
  readonly pattern: string;
  readonly k: number;
  readonly t: number;
  readonly lift: number;
  readonly random: () => number;
}

function makeSample({ labels }: MadeTask, { model, pattern, k, t, lift, random }: Making): Sample {
  // The text and the gold answer are the same for all models.
  const shared = randomOf(100_000 * (t + 1) + k);
  const words = Array.from(
    { length: 40 + Math.floor(60 * shared()) },
    () => WORDS[Math.floor(WORDS.length * shared())]!,
  );
  const options: readonly (readonly [string | undefined, string])[] =
    labels.length > 0 ? labels : NAMES.map((name) => [undefined, name] as const);
  const right = Math.floor(options.length * shared() ** 1.3);
  const answers = options.map(([label, text], a) => {
    const tokens = text.split(/(?= )/).map((token, w) => (w === 0 ? `▁${token}` : `▁${token.trim()}`));
    const tokenLogProbs = tokens.map(() => -3.2 - 4 * random());
    tokenLogProbs[0]! += (a === right ? lift : 0) - (a === 1 ? 0 : 0.3);
    const score = tokenLogProbs.reduce((sum, one) => sum + one, 0);
    return {
      answer: ` ${text}`,
      ...(label !== undefined && { label }),
      score,
      tokenIds: tokens.map((_, w) => 100 + w),
      tokens,
      tokenLogProbs,
      closing: { tokenIds: [6], logProbs: [-0.1], isGreedy: [true] },
    };
  });
  const best = answers.reduce((a, b) => (b.score > a.score ? b : a));
  return {
    model,
    id: String(k),
    pattern,
    text: `${words.join(" ")}. Question ${k}? Answer: [MASK].`,
    answers,
    ...(labels.length > 0 && { labelScores: answers.map(({ label, score }) => ({ label: label!, score })) }),
    predicted: best.label ?? best.answer.trim(),
    ...(labels.length > 0 ? { label: labels[right]![0] } : { gold: [NAMES[right]!] }),
    tie: false,
    cut: k % 10 === 3 ? 12 : 0,
    ...(k % 4 === 0 && { fewshot: ["17", "203"] }),
  };
}

function makePrediction({ id, predicted, label, gold }: Sample): Prediction {
  return {
    exampleId: id,
    predicted,
    ...(label !== undefined && { label }),
    ...(gold && { gold: gold.map((one) => one) }),
  };
}

/** Makes the confusion matrix and ten bins of the prediction's probability. */
function judgement(
  samples: readonly Sample[],
  labels: readonly string[],
): Pick<TaskResult, "confusion" | "reliability"> {
  const counts = labels.map(() => labels.map(() => 0));
  const bins = Array.from({ length: 10 }, (_, k) => ({
    from: k / 10,
    to: (k + 1) / 10,
    points: [] as [number, boolean][],
  }));
  for (const { label, predicted, labelScores } of samples) {
    counts[labels.indexOf(label!)]![labels.indexOf(predicted)]! += 1;
    const shares = labelScores!.map(({ score }) => Math.exp(score));
    const share = Math.max(...shares) / shares.reduce((sum, one) => sum + one, 0);
    bins[Math.min(9, Math.floor(10 * share))]!.points.push([share, label === predicted]);
  }
  const filled = bins
    .filter(({ points }) => points.length > 0)
    .map(({ from, to, points }) => ({
      from,
      to,
      count: points.length,
      confidence: points.reduce((sum, [share]) => sum + share, 0) / points.length,
      accuracy: points.filter(([, right]) => right).length / points.length,
    }));
  const ece = filled.reduce(
    (sum, { count, accuracy, confidence }) =>
      sum + (count / samples.length) * Math.abs(accuracy - confidence),
    0,
  );
  return { confusion: { labels, counts }, reliability: { bins: filled, ece } };
}
