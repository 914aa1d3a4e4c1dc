import { describe, expect, it } from "vitest";
import type { Example, LimitOptions } from "../../src/tasks/index.js";
import { getRowLimit, limitExamples } from "../../src/tasks/limit-examples.js";

const example = (k: number, more: Partial<Example> = {}): Example => ({ id: String(k), fields: {}, ...more });
const examples = (n: number, of: (k: number) => Partial<Example> = () => ({})): Example[] =>
  Array.from({ length: n }, (_, k) => example(k, of(k)));
const chooseIds = (all: readonly Example[], options: LimitOptions) =>
  limitExamples(all, options).map(({ id }) => Number(id));

describe("the example limit", () => {
  it.each([
    [0.5, 7, 4],
    [0.001, 7, 1],
    // In binary the product is 7.000000000000001.
    [0.07, 100, 7],
    [0.999, 1000, 999],
    [3, 7, 3],
    [9, 7, 7],
  ])("%d of %d examples are %d", (limit, of, expected) => {
    expect(chooseIds(examples(of), { limit })).toEqual(Array.from({ length: expected }, (_, k) => k));
    expect(chooseIds(examples(of), { limit, limitBy: "random" })).toHaveLength(expected);
  });

  it("keeps all if there is none", () => {
    const all = examples(3);
    expect(limitExamples(all, {})).toBe(all);
  });

  it("reads only the first rows if they are limited by number", () => {
    expect(getRowLimit({ limit: 3 })).toBe(3);
    for (const options of [{}, { limit: 0.5 }, { limit: 3, limitBy: "random" as const }])
      expect(getRowLimit(options)).toBe(Number.POSITIVE_INFINITY);
  });

  it("draws the same examples on every machine, others with another seed, and keeps the file's order", () => {
    const random = (limitSeed?: number) =>
      chooseIds(examples(40), { limit: 6, limitBy: "random", limitSeed });
    expect(random()).toEqual(RANDOM_OF_40);
    expect(random(0)).toEqual(random());
    expect(random(1)).not.toEqual(random());
  });

  it("draws every example about equally often", () => {
    const counts = Array<number>(10).fill(0);
    for (let limitSeed = 0; limitSeed < 2000; limitSeed++)
      for (const id of chooseIds(examples(10), { limit: 3, limitBy: "random", limitSeed })) counts[id]!++;
    // 600 each, with a standard deviation of 20
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(100);
  });

  it("draws stratified in the proportions of the gold labels, including examples without one", () => {
    const labels = ["a", "a", "a", "a", "a", "a", "b", "b", "b", undefined];
    const all = examples(100, (k) => (labels[k % 10] === undefined ? {} : { label: labels[k % 10]! }));
    for (let limitSeed = 0; limitSeed < 20; limitSeed++) {
      const drawn = limitExamples(all, { limit: 20, limitBy: "stratified", limitSeed });
      const count = (label?: string) => drawn.filter((one) => one.label === label).length;
      expect([count("a"), count("b"), count()]).toEqual([12, 6, 2]);
    }
  });

  it("keeps groups together: at most the limit, but at least one group", () => {
    const pairs = examples(20, (k) => ({ group: String(Math.floor(k / 2)), label: k < 8 ? "a" : "b" }));
    for (const limitBy of ["random", "stratified"] as const) {
      expect(chooseIds(pairs, { limit: 7, limitBy })).toHaveLength(6);
      const [one, other, ...more] = chooseIds(pairs, { limit: 1, limitBy });
      expect([other, more]).toEqual([one! + 1, []]);
    }
    const uneven = examples(9, (k) => ({ group: k < 5 ? "large" : `small ${k}` }));
    // The large group does not fit after a small one, but further small ones do.
    for (let limitSeed = 0; limitSeed < 10; limitSeed++)
      expect([3, 5]).toContain(chooseIds(uneven, { limit: 3, limitBy: "random", limitSeed }).length);
    // The first ones are those of the file, even if that splits a group.
    expect(chooseIds(pairs, { limit: 3 })).toEqual([0, 1, 2]);
  });
});

/** As the first version drew them: runs that are resumed or repeated depend on it. */
const RANDOM_OF_40 = [5, 8, 13, 26, 29, 34];
