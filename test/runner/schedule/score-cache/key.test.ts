import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { getKey } from "../../../../src/runner/schedule/score-cache/index.js";
import { getIdentity, hashIdentity } from "../../../../src/runner/schedule/score-cache/model-identity.js";
import type { ModelFacts, PreparedQuestion } from "../../../../src/scoring/index.js";
import { FACTS } from "../../sittings.js";

const { keys } = JSON.parse(
  readFileSync(new URL("../../../fixtures/score-cache/cases.json", import.meta.url), "utf8"),
) as { keys: { question: object; key: string }[] };

type Content = Readonly<Record<string, unknown>>;
const rest = { id: "copa/p0/1", cut: 0 };
const keyOfContent = (content: unknown): string =>
  getKey({ ...(content as object), ...rest } as unknown as PreparedQuestion);

const ids = fc.array(fc.nat(60_000), { maxLength: 6 });
const answers = fc.array(fc.array(fc.nat(60_000), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 3,
});
const side = fc.record({ ids, types: ids });
/** What a question of each family holds. */
const content: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ context: ids, blank: fc.nat(9), answers }),
  fc.record({ text: fc.record({ left: side, blankType: fc.nat(1), right: side }), answers }),
  fc.record({ encoder: ids, before: ids, closing: ids, answers }),
  fc.record({ context: ids, closing: ids, answers }),
);

/** Every number of plain data, by its path. */
function numbersOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value === "number") return [path];
  return Object.entries(value as object).flatMap(([name, member]) => numbersOf(member, [...path, name]));
}

/** The same data with another value at a path. */
function changed(
  value: unknown,
  [name, ...path]: readonly string[],
  change: (n: unknown) => unknown,
): unknown {
  if (name === undefined) return change(value);
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[name] = changed(copy[name], path, change);
  return copy;
}

/** The same data with its properties in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

describe("the key of a question", () => {
  it.each(keys)("is $key, as Python makes it", ({ question, key }) => {
    expect(keyOfContent(question)).toBe(key);
  });

  it("is another for any token id, place, answer or framing that is another", () => {
    fc.assert(
      fc.property(content, fc.nat(), fc.integer({ min: 1, max: 9 }), (asked, at, by) => {
        const paths = numbersOf(asked);
        const other = changed(asked, paths[at % paths.length]!, (n) => (n as number) + by);
        expect(keyOfContent(other)).not.toBe(keyOfContent(asked));
      }),
    );
  });

  it("is another with an answer more or less, in another order, or with tokens dealt out otherwise", () => {
    const question = { context: [1, 2], closing: [3], answers: [[4, 5], [6]] };
    const all = [
      question,
      { ...question, answers: [[4, 5]] },
      { ...question, answers: [[6], [4, 5]] },
      { ...question, answers: [[4], [5, 6]] },
      { ...question, answers: [[4, 5, 6]] },
      { ...question, context: [1], closing: [2, 3] },
      { ...question, context: [12] },
    ];
    expect(new Set(all.map(keyOfContent)).size).toBe(all.length);
  });

  it("is the same whatever the order of properties, the id and what was cut", () => {
    fc.assert(
      fc.property(content, fc.string(), fc.nat(), (asked, id, cut) => {
        const other = { cut, id, ...(reversed(asked) as object), shotsDropped: 2 };
        expect(getKey(other as unknown as PreparedQuestion)).toBe(keyOfContent(asked));
      }),
    );
  });
});

describe("the identity of a model", () => {
  const hashOf = (facts: ModelFacts): string => hashIdentity(getIdentity(facts));
  const others: Partial<ModelFacts>[] = [
    { family: "causal" },
    { architecture: "gpt2" },
    { parameters: 7 },
    { layers: 3 },
    { hidden: 8 },
    { heads: 2 },
    { vocabSize: 101 },
    { gelu: "erf" },
    { decoding: "pll" },
    { dtype: "fp16" },
    { device: "cuda:0" },
    { device: "webgpu" },
    { attention: "plain" },
    { specialTokens: { mask: 4, sop: 6 } },
    { weightsSha256: "c".repeat(64) },
    { tokenizerSha256: "c".repeat(64) },
    { graphVersion: 2 },
    { onnxruntime: "1.0.1" },
  ];

  it("is another for every fact that moves its scores", () => {
    const hashes = [FACTS, ...others.map((other) => ({ ...FACTS, ...other }))].map(hashOf);
    expect(new Set(hashes).size).toBe(others.length + 1);
  });

  it("is the same wherever the model was found, whatever its texts' length, on whichever CUDA device", () => {
    const elsewhere = { source: "hub", revision: "main", maxLength: 32, truncation: "longest" } as const;
    expect(hashOf({ ...FACTS, ...elsewhere })).toBe(hashOf(FACTS));
    expect(hashOf({ ...FACTS, device: "cuda:1" })).toBe(hashOf({ ...FACTS, device: "cuda:0" }));
  });

  it("has the processor in it only where products are of integers and computed by it", () => {
    expect(getIdentity(FACTS)).not.toHaveProperty("processor");
    expect(getIdentity({ ...FACTS, dtype: "q8" })).toHaveProperty("processor");
    expect(getIdentity({ ...FACTS, dtype: "q8", device: "cuda:0" })).not.toHaveProperty("processor");
  });
});
