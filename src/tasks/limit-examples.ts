import { seeded } from "../metrics/index.js";
import type { Example, LimitOptions } from "./task.js";

/** Returns how many examples must be read from the start of the file: all, unless the limit is a number of first ones. */
export function getRowLimit({ limit, limitBy = "first" }: LimitOptions): number {
  return limit === undefined || limit < 1 || limitBy !== "first" ? Number.POSITIVE_INFINITY : limit;
}

/**
 * Returns the examples within a limit, in the file's order. "first" takes them from the start, even if that splits a group.
 * Sampled ones depend only on the seed and the file, and the examples of one group (the answers to a MultiRC question, an
 * AX-g pair) are sampled together: a group that would exceed the limit is skipped, unless it is the first one drawn.
 */
export function limitExamples(
  examples: readonly Example[],
  { limit, limitBy = "first", limitSeed = 0 }: LimitOptions,
): readonly Example[] {
  if (limit === undefined) return examples;
  // In binary, a product may exceed its true value in the last bit: 0.07 × 100.
  const most = limit < 1 ? Math.ceil(Number((limit * examples.length).toPrecision(12))) : limit;
  if (most >= examples.length) return examples;
  if (limitBy === "first") return examples.slice(0, most);
  const groups = groupExamples(examples);
  const drawn = limitBy === "random" ? shuffle(groups, limitSeed) : stratify(groups, limitSeed);
  const chosen = new Set<Example>();
  for (const group of drawn)
    if (chosen.size === 0 || chosen.size + group.length <= most)
      for (const example of group) chosen.add(example);
  return examples.filter((example) => chosen.has(example));
}

/** Groups the examples, with every example that has no group by itself, in the order of their first ones. */
function groupExamples(examples: readonly Example[]): Example[][] {
  const groups = new Map<unknown, Example[]>();
  for (const example of examples) add(groups, example.group ?? example, example);
  return [...groups.values()];
}

/**
 * Orders groups so that every prefix has the gold labels in about the proportions of the full split: each stratum (the groups
 * with the same labels) is shuffled, its k-th of n groups gets the position (k + 1/2) / n, and all are sorted by position.
 */
function stratify(groups: readonly Example[][], seed: number): Example[][] {
  const strata = new Map<string, Example[][]>();
  for (const group of groups) {
    const labels = [...new Set(group.map(({ label }) => label ?? null))].sort();
    add(strata, JSON.stringify(labels), group);
  }
  const placed = [...strata.values()].flatMap((own, k) =>
    shuffle(own, seed + k).map((group, at) => ({ group, position: (at + 0.5) / own.length })),
  );
  // The sort is stable: at equal positions, the stratum that starts first in the file comes first.
  return placed.sort((a, b) => a.position - b.position).map(({ group }) => group);
}

/** A Fisher–Yates shuffle: the same on every machine. */
function shuffle<T>(items: readonly T[], seed: number): T[] {
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
