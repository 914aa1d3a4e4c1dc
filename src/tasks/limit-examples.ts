import { seeded } from "../metrics/index.js";
import type { Example, LimitOptions } from "./task.js";

/** How many examples must be read from the start of the file: all of them, unless the first are taken by number. */
export function rowLimit({ limit, limitBy = "first" }: LimitOptions): number {
  return limit === undefined || limit < 1 || limitBy !== "first" ? Number.POSITIVE_INFINITY : limit;
}

/**
 * The examples that a limit leaves, in their order. "first" takes them from the start, wherever that ends. Drawn ones
 * depend on the seed and the file alone, and examples of one group (the answers to a MultiRC question, an AX-g pair) are
 * drawn together: a group that would exceed the limit is passed over, unless it is the first one drawn.
 */
export function limitExamples(
  examples: readonly Example[],
  { limit, limitBy = "first", limitSeed = 0 }: LimitOptions,
): readonly Example[] {
  if (limit === undefined) return examples;
  // The product of two decimal fractions may exceed its true value by its last bit: 0.07 × 100.
  const most = limit < 1 ? Math.ceil(Number((limit * examples.length).toPrecision(12))) : limit;
  if (most >= examples.length) return examples;
  if (limitBy === "first") return examples.slice(0, most);
  const groups = groupsOf(examples);
  const drawn = limitBy === "random" ? shuffled(groups, limitSeed) : stratified(groups, limitSeed);
  const chosen = new Set<Example>();
  for (const group of drawn)
    if (chosen.size === 0 || chosen.size + group.length <= most)
      for (const example of group) chosen.add(example);
  return examples.filter((example) => chosen.has(example));
}

/** The examples of each group, and each other example by itself, in the order of their first ones. */
function groupsOf(examples: readonly Example[]): Example[][] {
  const groups = new Map<unknown, Example[]>();
  for (const example of examples) add(groups, example.group ?? example, example);
  return [...groups.values()];
}

/**
 * Groups in an order of which every beginning has the gold labels in about the proportions of all: each stratum (the
 * groups with the same labels) is shuffled, its k-th of n groups gets the place (k + 1/2) / n, and all are sorted by place.
 */
function stratified(groups: readonly Example[][], seed: number): Example[][] {
  const strata = new Map<string, Example[][]>();
  for (const group of groups) {
    const labels = [...new Set(group.map(({ label }) => label ?? null))].sort();
    add(strata, JSON.stringify(labels), group);
  }
  const placed = [...strata.values()].flatMap((own, k) =>
    shuffled(own, seed + k).map((group, at) => ({ group, place: (at + 0.5) / own.length })),
  );
  // The sort is stable: of equal places the stratum that begins first in the file goes first.
  return placed.sort((a, b) => a.place - b.place).map(({ group }) => group);
}

/** A Fisher–Yates shuffle: the same on every machine. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const next = seeded(seed);
  const order = [...items];
  for (let k = order.length - 1; k > 0; k--) {
    const other = Math.floor((next() / 2 ** 32) * (k + 1));
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  return order;
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
