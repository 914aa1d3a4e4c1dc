import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawShots, type FewshotOptions } from "../../../src/runner/score/fewshot.js";
import type { Dataset, Example, Task, TaskPattern } from "../../../src/tasks/index.js";

const LABELS = ["no", "yes", "maybe"];

const example = (id: number | string, label: string | undefined, text = `text ${id}`): Example => ({
  id: String(id),
  fields: { idx: id, text },
  ...(label !== undefined && { label }),
});
const dataset = (file: string, examples: Example[]): Dataset => ({ file, hash: "", examples });
const pattern = {
  id: "p0",
  decision: "best",
  shot: ({ id, label }) =>
    label === undefined ? undefined : [{ kind: "text", text: id, shortenable: false }],
} as Partial<TaskPattern> as TaskPattern;
const task = { name: "t", labels: LABELS } as Partial<Task> as Task;

const POOL = dataset(
  "train",
  Array.from({ length: 60 }, (_, k) => example(k, LABELS[k % 7 === 0 ? 1 : k % 5 === 0 ? 2 : 0])),
);
const DATASET = dataset(
  "val",
  Array.from({ length: 200 }, (_, k) => example(`q${k}`, "no")),
);
const draw = (options: FewshotOptions, pool = POOL, asked = DATASET, by = pattern, of = task) => {
  const shown = drawShots(of, by, asked, pool, options);
  return asked.examples.map((one) => shown(one).ids);
};

describe("the examples shown before a question", () => {
  it("have the requested count, each once, with their shots in order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer(), fc.boolean(), (count, seed, balanced) => {
        const least = Math.min(...LABELS.map((l) => POOL.examples.filter(({ label }) => label === l).length));
        fc.pre(!balanced || count <= 3 * least);
        const { ids, shots } = drawShots(task, pattern, DATASET, POOL, { count, seed, balanced })(
          DATASET.examples[0]!,
        );
        expect(new Set(ids).size).toBe(count);
        expect(shots.map(([part]) => part?.kind === "text" && part.text)).toEqual(ids);
      }),
      { numRuns: 50 },
    );
  });

  it("depend only on seed and example: not on which others are scored, or in what order", () => {
    const all = draw({ count: 4, seed: 3 });
    const some = dataset("val", DATASET.examples.slice(10, 20).reverse());
    expect(draw({ count: 4, seed: 3 }, POOL, some)).toEqual(all.slice(10, 20).reverse());
    expect(draw({ count: 4, seed: 4 })).not.toEqual(all);
    expect(draw({ count: 4 })).toEqual(draw({ count: 4, seed: 0, balanced: false }));
    expect(new Set(all.map(String)).size).toBe(200);
  });

  it("are drawn uniformly in every position", () => {
    const many = dataset(
      "val",
      Array.from({ length: 6000 }, (_, k) => example(`m${k}`, "no")),
    );
    const pool = dataset("train", POOL.examples.slice(0, 6));
    const drawn = draw({ count: 2 }, pool, many);
    for (const place of [0, 1])
      for (const { id } of pool.examples) {
        // 1000 expected, standard deviation 29
        const times = drawn.filter((ids) => ids[place] === id).length;
        expect(Math.abs(times - 1000)).toBeLessThan(150);
      }
  });

  it("never include the example itself, by id in the same file or by content", () => {
    const count = 59;
    for (const [k, ids] of draw({ count }, POOL, POOL).entries()) expect(ids).not.toContain(String(k));
    const copies = dataset(
      "val",
      POOL.examples.map(({ fields }, k) => example(`c${k}`, "no", fields.text as string)),
    );
    for (const [k, ids] of draw({ count }, POOL, copies).entries()) expect(ids).not.toContain(String(k));
    const others = dataset(
      "val",
      POOL.examples.map(({ id }) => example(id, "no", `another ${id}`)),
    );
    expect(draw({ count: 60 }, POOL, others).every((ids, k) => ids.includes(String(k)))).toBe(true);
  });

  it("can be balanced over the labels, up to one", () => {
    const labelsById = new Map(POOL.examples.map(({ id, label }) => [id, label]));
    const firsts = new Set<string | undefined>();
    for (const ids of draw({ count: 7, balanced: true })) {
      const counts = LABELS.map((label) => ids.filter((id) => labelsById.get(id) === label).length);
      expect(counts.sort()).toEqual([2, 2, 3]);
      firsts.add(labelsById.get(ids[0]!));
    }
    expect(firsts.size).toBe(3);
  });

  it("must have a gold answer", () => {
    const pool = dataset("train", [...POOL.examples.slice(0, 3), example("bare", undefined)]);
    for (const ids of draw({ count: 3 }, pool)) expect(ids).not.toContain("bare");
    expect(() => draw({ count: 4 }, pool)).toThrow(
      expect.objectContaining({
        kind: "data",
        message: "t: 4 few-shot examples were requested for example q0, but only 3 are usable",
      }),
    );
  });

  it("cannot be balanced without a usable example of each label", () => {
    const balanced = { count: 3, balanced: true };
    expect(() => draw(balanced, POOL, DATASET, pattern, { ...task, labels: [] })).toThrow(
      /cannot be balanced/,
    );
    expect(() => draw(balanced, POOL, DATASET, { ...pattern, decision: "first" })).toThrow(
      /cannot be balanced/,
    );
    const two = dataset(
      "train",
      POOL.examples.filter(({ label }) => label !== "maybe"),
    );
    expect(() => draw(balanced, two)).toThrow(/but only \d are usable/);
  });
});
