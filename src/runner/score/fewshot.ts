import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { GlmEvalError } from "../../errors.js";
import type { Dataset, Example, LoadOptions, Shot, Task, TaskPattern } from "../../tasks/index.js";

/** Which examples are shown before each question. */
export interface FewshotOptions {
  /** examples shown before each question */
  readonly count: number;
  /** another seed draws other examples (default 0) */
  readonly seed?: number;
  /** as many of each label as of any other, but for one (default false: as they come) */
  readonly balanced?: boolean;
}

/** The examples that are shown before a question, in order. */
export interface Shown {
  readonly ids: readonly string[];
  readonly shots: readonly Shot[];
}

/** The split that few-shot examples come from. */
export function fewshotSplit({ dataFiles }: Task): string {
  return Object.hasOwn(dataFiles, "fewshot") ? "fewshot" : "train";
}

/** @throws GlmEvalError (data) where the task has no examples to show, or their file is not there */
export async function loadPool(task: Task, options: Omit<LoadOptions, "limit" | "split">): Promise<Dataset> {
  const split = fewshotSplit(task);
  if (task.find({ root: options.root, split }) === undefined) {
    const names = task.dataFiles[split]?.join(" or ");
    throw new GlmEvalError(
      "too-few-shots",
      names === undefined
        ? `task ${task.name} has neither a fewshot nor a train file to take few-shot examples from`
        : `task ${task.name}: its few-shot examples are in ${names}, which is not in ${options.root}`,
      {
        hint: "name a file of examples in the task file (fewshot: … below data), or leave --num-fewshot out",
      },
    );
  }
  return task.load({ ...options, split });
}

/**
 * Draws the examples that are shown before each question of a pattern, by a hash of seed and example id alone: what is
 * shown before a question does not depend on which others are asked, or in what order. An example is never shown before
 * itself: not of the same id in the same file, and not with the same content.
 * @throws GlmEvalError (data) where there are too few, or for `balanced` none of a label
 */
export function drawShots(
  task: Task,
  pattern: TaskPattern,
  asked: Dataset,
  pool: Dataset,
  options: FewshotOptions,
): (example: Example) => Shown {
  const { count, seed = 0, balanced = false } = options;
  const rendered = new Map<Example, Shot | undefined>();
  const shotOf = (example: Example): Shot | undefined => {
    if (!rendered.has(example)) rendered.set(example, pattern.shot(example));
    return rendered.get(example);
  };
  const groups = balanced ? byLabel(task, pattern, pool.examples) : [pool.examples];
  return (example) => {
    const key = (...what: readonly (string | number)[]) => JSON.stringify([seed, example.id, ...what]);
    const usable = (candidate: Example): boolean =>
      !(pool.file === asked.file && candidate.id === example.id) &&
      !sameContent(candidate, example) &&
      shotOf(candidate) !== undefined;
    // Which label comes first, and so which has one more where they do not come out even.
    const sources = [...permutation(groups.length, key("labels"))].map((g) =>
      usableOnes(groups[g]!, key("shots", g), usable),
    );
    const found: Example[] = [];
    while (found.length < count) {
      const { value } = sources[found.length % sources.length]!.next();
      if (value === undefined) throw tooFew(task, example, found.length, count);
      found.push(value);
    }
    const shown = [...permutation(count, key("order"))].map((k) => found[k]!);
    return { ids: shown.map(({ id }) => id), shots: shown.map((each) => shotOf(each)!) };
  };
}

function* usableOnes(
  examples: readonly Example[],
  key: string,
  usable: (example: Example) => boolean,
): Generator<Example, undefined> {
  for (const k of permutation(examples.length, key)) if (usable(examples[k]!)) yield examples[k]!;
  return undefined;
}

function byLabel(task: Task, pattern: TaskPattern, pool: readonly Example[]): (readonly Example[])[] {
  if (task.labels.length === 0 || pattern.decision !== "best") {
    throw new GlmEvalError(
      "shots-not-balanced",
      `${task.name}, pattern ${pattern.id}: few-shot examples cannot be balanced over labels`,
      {
        hint:
          task.labels.length === 0
            ? "the task has no labels: leave --fewshot-balanced out"
            : "only examples of one label say what stands in its blank: leave --fewshot-balanced out",
      },
    );
  }
  return task.labels.map((label) => pool.filter((example) => example.label === label));
}

function tooFew(task: Task, example: Example, found: number, count: number): GlmEvalError {
  return new GlmEvalError(
    "too-few-shots",
    `${task.name}: ${count} examples are to be shown before example ${example.id}, but only ${found} can be`,
    {
      hint: "lower --num-fewshot, or give more examples with gold answers (for --fewshot-balanced: of each label)",
    },
  );
}

/** Whether two examples are the same but for their numbers. */
function sameContent(a: Example, b: Example): boolean {
  const { idx: _, ...one } = a.fields;
  const { idx: __, ...other } = b.fields;
  return isDeepStrictEqual(one, other);
}

/**
 * The numbers below `n` in an order that depends on `key` alone, each once, made as far as it is asked for: a
 * Fisher–Yates shuffle whose random numbers are SHA-256 of the key and a counter.
 */
function* permutation(n: number, key: string): Generator<number, undefined> {
  const moved = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const hash = createHash("sha256").update(`${key}${i}`).digest();
    // 48 bits: far more than any data set has examples, so that all are as good as equally likely.
    const j = i + (hash.readUIntBE(0, 6) % (n - i));
    yield moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
  }
  return undefined;
}
