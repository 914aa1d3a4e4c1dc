import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { GlmEvalError } from "../../errors.js";
import type { Dataset, Example, LoadOptions, Shot, Task, TaskPattern } from "../../tasks/index.js";

/** Which examples are shown before each question. */
export interface FewshotOptions {
  /** examples shown before each question */
  readonly count: number;
  /** a different seed draws different examples (default 0) */
  readonly seed?: number;
  /** equally many of each label, or one more of some (default false: drawn without regard to labels) */
  readonly balanced?: boolean;
}

/** The examples shown before a question, in order. */
export interface Shown {
  readonly ids: readonly string[];
  readonly shots: readonly Shot[];
}

/** Returns the split that few-shot examples come from. */
export function getFewshotSplit({ dataFiles }: Task): string {
  return Object.hasOwn(dataFiles, "fewshot") ? "fewshot" : "train";
}

/** @throws GlmEvalError (data) if the task has no examples to show, or their file is missing */
export async function loadPool(task: Task, options: Omit<LoadOptions, "limit" | "split">): Promise<Dataset> {
  const split = getFewshotSplit(task);
  if (task.find({ root: options.root, split }) === undefined) {
    const names = task.dataFiles[split]?.join(" or ");
    throw new GlmEvalError(
      "too-few-shots",
      names === undefined
        ? `task ${task.name} has neither a fewshot nor a train file to take few-shot examples from`
        : `task ${task.name}: its few-shot examples are in ${names}, which is not in ${options.root}`,
      {
        hint: "name a file of examples in the task file (fewshot: … below data), or omit --num-fewshot",
      },
    );
  }
  return task.load({ ...options, split });
}

/**
 * Draws the examples shown before each question of a pattern, only by a hash of seed and example id: what is shown before
 * a question does not depend on which others are scored, or in what order. An example is never shown before itself: none
 * with the same id in the same file, and none with the same content.
 * @throws GlmEvalError (data) if there are too few, or for `balanced`, too few of a label
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
  const renderShot = (example: Example): Shot | undefined => {
    if (!rendered.has(example)) rendered.set(example, pattern.shot(example));
    return rendered.get(example);
  };
  const groups = balanced ? groupByLabel(task, pattern, pool.examples) : [pool.examples];
  return (example) => {
    const key = (...what: readonly (string | number)[]) => JSON.stringify([seed, example.id, ...what]);
    const usable = (candidate: Example): boolean =>
      !(pool.file === dataset.file && candidate.id === example.id) &&
      !hasSameContent(candidate, example) &&
      renderShot(candidate) !== undefined;
    // Which label comes first, and thus which has one more if the count is not divisible.
    const sources = [...permutation(groups.length, key("labels"))].map((g) =>
      drawUsable(groups[g]!, key("shots", g), usable),
    );
    const found: Example[] = [];
    while (found.length < count) {
      const { value } = sources[found.length % sources.length]!.next();
      if (value === undefined) throw tooFewError(task, example, found.length, count);
      found.push(value);
    }
    const shown = [...permutation(count, key("order"))].map((k) => found[k]!);
    return { ids: shown.map(({ id }) => id), shots: shown.map((each) => renderShot(each)!) };
  };
}

function* drawUsable(
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
            ? "the task has no labels: omit --fewshot-balanced"
            : "in this pattern, only examples of one label have an answer to show: omit --fewshot-balanced",
      },
    );
  }
  return task.labels.map((label) => pool.filter((example) => example.label === label));
}

function tooFewError(task: Task, example: Example, found: number, count: number): GlmEvalError {
  return new GlmEvalError(
    "too-few-shots",
    `${task.name}: example ${example.id} needs ${count} few-shot examples, but only ${found} are usable`,
    {
      hint: "lower --num-fewshot, or add examples with gold answers (for --fewshot-balanced: of each label)",
    },
  );
}

/** Whether two examples are the same except for their numbers. */
function hasSameContent(a: Example, b: Example): boolean {
  const { idx: _, ...one } = a.fields;
  const { idx: __, ...other } = b.fields;
  return isDeepStrictEqual(one, other);
}

/**
 * Yields each number below `n` once, in an order that depends only on `key`. It is computed lazily: a Fisher–Yates shuffle
 * whose random numbers are SHA-256 of the key and a counter.
 */
function* permutation(n: number, key: string): Generator<number, undefined> {
  const moved = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const hash = createHash("sha256").update(`${key}${i}`).digest();
    // 48 bits, far more than the number of examples in any data set, so all are practically equally likely.
    const j = i + (hash.readUIntBE(0, 6) % (n - i));
    yield moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
  }
  return undefined;
}
