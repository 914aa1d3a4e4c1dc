import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AnswerScore,
  type CausalReaderOptions,
  causalEngine,
  causalReader,
  type ScoreOptions,
} from "../../src/scoring/index.js";
import { conformance } from "./conformance.js";
import {
  type ExportCase,
  exportFixtures,
  type LoadedExport,
  leftOpen,
  openExport,
  questionsOf,
  type Reference,
  scoreAll,
  spied,
  worst,
} from "./exports.js";
import { makeQuestion } from "./make-question.js";

type CausalReference = Reference & { readonly closing: Reference & { readonly ids: readonly number[] } };
type CausalCase = ExportCase<CausalReference> & { readonly context_ids: readonly number[] };

const fixtures = exportFixtures<CausalCase>("causal");
const cache = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const causal = (model: LoadedExport, options: CausalReaderOptions & ScoreOptions = {}) => ({
  reader: causalReader(model, options),
  engine: causalEngine(model, options),
});
const numbersOf = (answers: readonly AnswerScore[]) =>
  answers.flatMap((answer) => [...answer.tokenLogProbs, ...answer.closing.logProbs]);
const collectExpected = ({ scores }: CausalCase) =>
  scores.flatMap((s) => [...s.log_probs, ...s.closing.log_probs]);

it("fixtures cover every kind of causal model", () => {
  const kinds = [
    "bloom",
    "gpt2",
    "gpt_neo",
    "gpt_neox",
    "llama",
    "mistral",
    "opt",
    "qwen2",
    "qwen3",
    "stablelm",
  ];
  expect(fixtures.map(({ name }) => name)).toEqual(expect.arrayContaining(kinds));
});

describe.each(fixtures)("$name", (fixture) => {
  const questions = questionsOf(fixture);
  let model: LoadedExport;
  beforeAll(async () => {
    model = await openExport(fixture.folder, { cacheFolder: cache });
  });
  afterAll(() => model.close());

  it("reads the same ids as PyTorch", () => {
    const reader = causalReader(model);
    questions.forEach((question, k) => {
      const [prepared] = reader.prepare(question);
      const { context_ids, scores } = fixture.cases[k]!;
      expect(prepared!.context).toEqual(context_ids);
      expect(prepared!.answers).toEqual(scores.map(({ ids }) => ids));
      for (const { closing } of scores) expect(prepared!.closing).toEqual(closing.ids);
    });
  });

  it("matches PyTorch's log-probabilities within 1e-4, and its flags", async () => {
    const { scored } = await scoreAll(causal(model), questions);
    fixture.cases.forEach((golden, k) => {
      const answers = scored[k]!;
      expect(worst(numbersOf(answers), collectExpected(golden))).toBeLessThanOrEqual(1e-4);
      expect(answers.map(({ isGreedy, closing }) => [isGreedy, closing.isGreedy])).toEqual(
        golden.scores.map(({ is_greedy, closing }) => [is_greedy, closing.is_greedy]),
      );
    });
  });

  it("gives the same scores without the closings, which are empty", async () => {
    const { scored } = await scoreAll(causal(model, { closing: false }), questions);
    fixture.cases.forEach(({ scores }, k) => {
      scored[k]!.forEach((answer, n) => {
        expect(worst(answer.tokenLogProbs, scores[n]!.log_probs)).toBeLessThanOrEqual(1e-4);
        expect(answer.closing).toEqual({ tokenIds: [], logProbs: [], isGreedy: [] });
      });
    });
  });

  it("scores each answer in a separate row as after a shared context", async () => {
    const { model: watched, runs } = spied(model);
    const { scored: together } = await scoreAll(causal(watched), questions);
    expect(runs.some(({ dims }) => dims["past_key_values.0.key"]?.[2] !== 0)).toBe(true);
    runs.length = 0;
    const single = questions.flatMap(({ clozes: [cloze], ...question }) =>
      cloze!.answers.map((answer) => ({ ...question, clozes: [{ ...cloze!, answers: [answer] }] })),
    );
    const { scored: alone } = await scoreAll(causal(watched), single);
    expect(runs.every(({ dims }) => dims["past_key_values.0.key"]?.[2] === 0)).toBe(true);
    expect(worst(numbersOf(alone.flat()), numbersOf(together.flat()))).toBeLessThanOrEqual(1e-5);
  });

  it("reads texts as long as the model's positions, several at once", async () => {
    const limited = causal(model, model.config.maxLength ? {} : { maxLength: 300 });
    const text = "the river rose and ".repeat(200).trim();
    const { prepared, scored } = await scoreAll(limited, [
      makeQuestion("q0", "{{ text | shorten }} [MASK].", ["cat", "small grey dog"], { text }),
      makeQuestion("q1", "The boat is on the river and [MASK] {{ text | shorten }}", ["cat", "dog"], {
        text,
      }),
      makeQuestion("q2", "It rained all night, so the river [MASK].", ["rose and rose", "slept"], { text }),
    ]);
    expect(prepared.map(({ cut }) => cut > 0)).toEqual([true, true, false]);
    expect(numbersOf(scored.flat()).every((value) => value < 0)).toBe(true);
  });

  it("gives the same scores in any order, batches and passes", async () => {
    const whole = await scoreAll(causal(model), questions);
    const order = fc.shuffledSubarray(
      questions.map((_, k) => k),
      { minLength: 1 },
    );
    const property = fc.asyncProperty(
      order,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 1000 }),
      async (some, size, maxBatchTokens) => {
        const engine = causalEngine(model, { maxBatchTokens });
        const scored: AnswerScore[][] = [];
        for (let at = 0; at < some.length; at += size) {
          const batch = some.slice(at, at + size).map((k) => [whole.prepared[k]!]);
          scored.push(...(await engine.score(batch)).map(([answers]) => answers!));
        }
        some.forEach((k, at) => {
          const difference = worst(numbersOf(scored[at]!), numbersOf(whole.scored[k]!));
          expect(difference).toBeLessThanOrEqual(1e-5);
        });
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  describe("conforms", () => {
    conformance(async () => leftOpen(causal(model)), questions);
  });
});

describe("precision", () => {
  const fixture = fixtures.find(({ name }) => name === "gpt2")!;

  // Random models of this size have logits of about ±10: 2^-11 of that is a rounding error in float16, 2^-8 with 8 bits.
  it.each([
    ["fp16", 0.05],
    ["q8", 0.5],
  ] as const)("of %s is that of its weights", async (dtype, tolerance) => {
    const model = await openExport(fixture.folder, { cacheFolder: cache, dtype });
    try {
      const { scored } = await scoreAll(causal(model), questionsOf(fixture));
      const expected = fixture.cases.flatMap(collectExpected);
      expect(worst(numbersOf(scored.flat()), expected)).toBeLessThanOrEqual(tolerance);
    } finally {
      await model.close();
    }
  });
});
