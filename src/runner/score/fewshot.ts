import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { GlmEvalError } from "../../errors.js";
import type { Dataset, Example, LoadOptions, Shot, Task, TaskPattern } from "../../tasks/index.js";

/** How the few-shot examples before each question are chosen. */
export interface FewshotOptions {
  /** number of few-shot examples before each question */
  readonly count: number;
  /** seed for drawing the examples (default 0) */
  readonly seed?: number;
  /** equal numbers of examples per label, up to one (default false: as drawn) */
  readonly balanced?: boolean;
}

/** The few-shot examples before a question, in order. */
export interface Shown {
  readonly ids: readonly string[];
  readonly shots: readonly Shot[];
}

/** Returns the split that few-shot examples come from. */
export function getFewshotSplit({ dataFiles }: Task): string {
  return Object.hasOwn(dataFiles, "fewshot") ? "fewshot" : "train";
}

/** Loads the pool of few-shot examples. @throws GlmEvalError (data) if the task has none, or their file is missing */
export async function loadPool(task: Task, options: Omit<LoadOptions, "limit" | "split">): Promise<Dataset> {
  const split = getFewshotSplit(task);
  if (task.find({ root: options.root, split }) === undefined) {
    const names = task.dataFiles[split]?.join(" or ");
    throw new GlmEvalError(
      "too-few-shots",
      names === undefined
        ? `task ${task.name} has no fewshot or train file for few-shot examples`
        : `task ${task.name}: its few-shot examples are in ${names}, which is not in ${options.root}`,
      {
        hint: "name a file of examples in the task file (fewshot: … below data), or remove --num-fewshot",
      },
    );
  }
  return task.load({ ...options, split });
}

/**
 * Draws the few-shot examples before each question of a pattern, using only a hash of seed and example id: they do not
 * depend on which other questions are scored, or in what order. An example is never shown before itself: neither the same
 * id from the same file, nor the same content.
 * @throws GlmEvalError (data) if there are too few, or with `balanced` none for a label
 */
export function drawShots(
  task: Task,
  pattern: TaskPattern,
  dataset: Dataset,
  pool: Dataset,
  options: FewshotOptions,
): (example: Example) => Shown {
  const { count, seed = 0, balanced = false } = options;
  const rendered = new Map<Example, Shot | undefined>();
  const makeShot = (example: Example): Shot | undefined => {
    if (!rendered.has(example)) rendered.set(example, pattern.shot(example));
    return rendered.get(example);
  };
  const groups = balanced ? groupByLabel(task, pattern, pool.examples) : [pool.examples];
  return (example) => {
    const key = (...what: readonly (string | number)[]) => JSON.stringify([seed, example.id, ...what]);
    const usable = (candidate: Example): boolean =>
      !(pool.file === dataset.file && candidate.id === example.id) &&
      !hasSameContent(candidate, example) &&
      makeShot(candidate) !== undefined;
    // Determines the first label, and thus which one has an extra example if the numbers are uneven.
    const sources = [...permutation(groups.length, key("labels"))].map((g) =>
      findUsable(groups[g]!, key("shots", g), usable),
    );
    const found: Example[] = [];
    while (found.length < count) {
      const { value } = sources[found.length % sources.length]!.next();
      if (value === undefined) throw makeTooFewError(task, example, found.length, count);
      found.push(value);
    }
    const shown = [...permutation(count, key("order"))].map((k) => found[k]!);
    return { ids: shown.map(({ id }) => id), shots: shown.map((each) => makeShot(each)!) };
  };
}

function* findUsable(
  examples: readonly Example[],
  key: string,
  usable: (example: Example) => boolean,
): Generator<Example, undefined> {
  for (const k of permutation(examples.length, key)) if (usable(examples[k]!)) yield examples[k]!;
  return undefined;
}

function groupByLabel(task: Task, pattern: TaskPattern, pool: readonly Example[]): (readonly Example[])[] {
  if (task.labels.length === 0 || pattern.decision !== "best") {
    throw new GlmEvalError(
      "shots-not-balanced",
      `${task.name}, pattern ${pattern.id}: few-shot examples cannot be balanced over labels`,
      {
        hint:
          task.labels.length === 0
            ? "the task has no labels: remove --fewshot-balanced"
            : "only examples of one label define the word in the blank: remove --fewshot-balanced",
      },
    );
  }
  return task.labels.map((label) => pool.filter((example) => example.label === label));
}

function makeTooFewError(task: Task, example: Example, found: number, count: number): GlmEvalError {
  return new GlmEvalError(
    "too-few-shots",
    `${task.name}: ${count} few-shot examples were requested for example ${example.id}, but only ${found} are usable`,
    {
      hint: "lower --num-fewshot, or add examples with gold answers (with --fewshot-balanced: for each label)",
    },
  );
}

/** Returns whether two examples are the same except for their ids. */
function hasSameContent(a: Example, b: Example): boolean {
  const { idx: _, ...one } = a.fields;
  const { idx: __, ...other } = b.fields;
  return isDeepStrictEqual(one, other);
}

/**
 * Generates the numbers below `n`, each once, in an order that depends only on `key`: a lazy Fisher–Yates shuffle whose
 * random numbers are SHA-256 of the key and a counter.
 */
function* permutation(n: number, key: string): Generator<number, undefined> {
  const moved = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const hash = createHash("sha256").update(`${key}${i}`).digest();
    // 48 bits: far more than any data set has examples, so all are practically equally likely.
    const j = i + (hash.readUIntBE(0, 6) % (n - i));
    yield moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
  }
  return undefined;
}
