import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AnswerScore,
  type Decoding,
  maskedEngine,
  maskedReader,
  type ReaderOptions,
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

interface MaskedReference extends Readonly<Record<Decoding, Reference>> {
  readonly input_ids: readonly number[];
  readonly token_type_ids?: readonly number[];
}

const DECODINGS: readonly Decoding[] = ["default", "ltr", "parallel", "pll", "pll-word"];
const written = exportFixtures<ExportCase<MaskedReference>>("masked");
/** The vocabulary of one of them has no token of one answer, which is therefore rejected. */
const unwritable = { model: "distilbert", case: 6, answer: "brûlée" };
const fixtures = written.map((fixture) => ({
  ...fixture,
  cases: fixture.cases.map((each, k) => {
    const refused = fixture.name === unwritable.model && k === unwritable.case;
    const keep = (_: unknown, n: number) => !refused || each.answers[n] !== unwritable.answer;
    return { ...each, answers: each.answers.filter(keep), scores: each.scores.filter(keep) };
  }),
}));
const bert = fixtures.find(({ name }) => name === "bert")!;
const cache = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const masked = (
  model: LoadedExport,
  options: Pick<ReaderOptions, "decoding" | "maxLength"> & ScoreOptions = {},
) => ({ reader: maskedReader(model, options), engine: maskedEngine(model, options) });

it("fixtures cover every architecture", () => {
  expect(fixtures.map(({ name }) => name)).toEqual([
    "albert",
    "bert",
    "deberta",
    "deberta-v2",
    "distilbert",
    "modernbert",
    "roberta",
  ]);
});

describe.each(fixtures)("$name", (fixture) => {
  const questions = questionsOf(fixture);
  let model: LoadedExport;
  beforeAll(async () => {
    model = await openExport(fixture.folder, { cacheFolder: cache });
  });
  afterAll(() => model.close());

  it("frames texts and answers as the reference does", () => {
    const reader = maskedReader(model);
    const typed = "model" in model.graphs && model.graphs.model.inputs.has("token_type_ids");
    questions.forEach((question, k) => {
      const [{ text, answers } = { text: undefined!, answers: [] }] = reader.prepare(question);
      fixture.cases[k]!.scores.forEach((golden, n) => {
        expect(answers[n]).toEqual(golden.ids);
        const masks = golden.ids.map(() => model.tokenizer.special.mask);
        expect([...text.left.ids, ...masks, ...text.right.ids]).toEqual(golden.input_ids);
        const types = [...text.left.types, ...masks.map(() => text.blankType), ...text.right.types];
        if (typed) expect(types).toEqual(golden.token_type_ids);
      });
    });
  });

  it.each(DECODINGS)(
    "matches PyTorch's log-probabilities within 1e-4, and its flags: %s",
    async (decoding) => {
      const { scored } = await scoreAll(masked(model, { decoding }), questions);
      fixture.cases.forEach(({ scores }, k) => {
        const golden = scores.map((score) => score[decoding]);
        expect(scored[k]!.map((answer) => answer.tokenIds)).toEqual(scores.map(({ ids }) => ids));
        expect(scored[k]!.map((answer) => answer.isGreedy)).toEqual(golden.map((g) => g.is_greedy));
        scored[k]!.forEach((answer, n) => {
          expect(worst(answer.tokenLogProbs, golden[n]!.log_probs)).toBeLessThanOrEqual(1e-4);
          expect(answer.closing).toEqual({ tokenIds: [], logProbs: [], isGreedy: [] });
        });
      });
    },
  );

  it("reads texts as long as the model's positions", async () => {
    const { reader, engine } = masked(model);
    const text = "the river rose and ".repeat(200).trim();
    const [long] = reader.prepare(makeQuestion("q", "{{ text | shorten }} [MASK].", ["cat"], { text }));
    expect(long!.cut).toBeGreaterThan(0);
    const [[[answer]]] = (await engine.score([[long!]])) as [[[AnswerScore]]];
    expect(answer.tokenLogProbs.every((value) => value < 0)).toBe(true);
  });

  describe.each(DECODINGS)("conforms with decoding %s", (decoding) => {
    conformance(async () => leftOpen(masked(model, { decoding })), questions);
  });
});

describe("precision", () => {
  const reference = (fixture: (typeof fixtures)[number], decoding: Decoding) =>
    fixture.cases.flatMap(({ scores }) => scores.flatMap((score) => score[decoding].log_probs));
  const found = async (fixture: (typeof fixtures)[number], dtype: "fp16" | "q8", decoding: Decoding) => {
    const pair = masked(await openExport(fixture.folder, { cacheFolder: cache, dtype }), { decoding });
    const { scored } = await scoreAll(pair, questionsOf(fixture));
    await pair.engine.close();
    return scored.flat().flatMap((answer) => answer.tokenLogProbs);
  };
  const having = (file: string) => fixtures.filter(({ files }) => files.includes(file));

  it.each(having("model_fp16.onnx"))("float16 stays within 0.05 of float32: $name", async (fixture) => {
    // Not "default": which token is most probable can depend on the last digit, and then the order differs.
    for (const decoding of ["parallel", "ltr", "pll"] as const)
      expect(worst(await found(fixture, "fp16", decoding), reference(fixture, decoding))).toBeLessThan(0.05);
  });

  it.each(having("model_quantized.onnx"))("8-bit weights give log-probabilities: $name", async (fixture) => {
    const logProbs = await found(fixture, "q8", "default");
    expect(logProbs.length).toBe(reference(fixture, "default").length);
    expect(logProbs.every((value) => Number.isFinite(value) && value < 0)).toBe(true);
  });
});

describe("the computation", () => {
  let model: LoadedExport;
  beforeAll(async () => {
    model = await openExport(bert.folder, { cacheFolder: cache });
  });
  afterAll(() => model.close());

  /** [rows, tokens] of each pass. */
  const passesOf = async (
    decoding: Decoding,
    questions: ReturnType<typeof questionsOf>,
    maxBatchTokens?: number,
  ) => {
    const spy = spied(model);
    const pair = masked(spy.model, { decoding, maxBatchTokens });
    const { prepared, scored } = await scoreAll(pair, questions);
    return {
      prepared,
      lengths: prepared.map(pair.engine.length),
      scored,
      passes: spy.runs.map(({ dims }) => dims.input_ids!),
      targets: spy.runs.map(({ dims }) => dims.target_rows![0]),
      picks: spy.runs.map(({ dims }) => dims.pick_ids![0]),
    };
  };
  const animal = (id: string, answers: readonly string[]) =>
    makeQuestion(id, "The [MASK] sat on the mat.", answers);

  it("scores three single-token answers in one row at one position, with any decoding", async () => {
    for (const decoding of DECODINGS) {
      const { passes, targets, picks, lengths } = await passesOf(decoding, [
        animal("q", ["cat", "dog", "boat"]),
      ]);
      expect(passes).toEqual([[1, 9]]);
      expect(targets).toEqual([1]);
      expect(picks).toEqual([3]);
      expect(lengths).toEqual([9]);
    }
  });

  it("reads answers of equal length first in one row, then each with its token filled in", async () => {
    const answers = ["small cat", "grey dog", "old boat", "cat"];
    const { passes, lengths, scored } = await passesOf("default", [animal("q", answers)]);
    expect(scored[0]!.map(({ tokenIds }) => tokenIds.length)).toEqual([2, 2, 2, 1]);
    expect(passes).toEqual([
      [2, 10],
      [3, 10],
    ]);
    expect(lengths).toEqual([30]);
  });

  it("runs each step of all questions together", async () => {
    const questions = ["a", "b", "c"].map((id) => animal(id, ["small cat", "grey dog"]));
    const { passes } = await passesOf("default", questions);
    expect(passes).toEqual([
      [3, 10],
      [6, 10],
    ]);
  });

  it("needs one step for decodings that do not depend on the model's output", async () => {
    for (const decoding of ["ltr", "pll", "pll-word"] as const)
      expect((await passesOf(decoding, [animal("q", ["small cat"])])).passes).toEqual([[2, 10]]);
    expect((await passesOf("parallel", [animal("q", ["small cat"])])).passes).toEqual([[1, 10]]);
  });

  it("keeps a pass within its token limit, with rows of equal length together", async () => {
    const questions = [animal("a", ["small cat", "cat"]), animal("b", ["small cat", "cat"])];
    const { passes } = await passesOf("parallel", questions, 20);
    expect(passes).toEqual([
      [2, 10],
      [2, 9],
    ]);
    expect((await passesOf("parallel", questions, 5)).passes).toEqual([
      [1, 10],
      [1, 10],
      [1, 9],
      [1, 9],
    ]);
  });

  it("gives the same scores in any order, batches and passes", async () => {
    const questions = questionsOf(bert);
    const whole = await passesOf("default", questions);
    const order = fc.shuffledSubarray(
      questions.map((_, k) => k),
      { minLength: 1 },
    );
    await fc.assert(
      fc.asyncProperty(
        order,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 2000 }),
        async (some, size, maxBatchTokens) => {
          const engine = maskedEngine(model, { maxBatchTokens });
          const scored: AnswerScore[][] = [];
          for (let at = 0; at < some.length; at += size) {
            const batch = some.slice(at, at + size).map((k) => whole.prepared[k]!);
            scored.push(
              ...(await engine.score(batch.map((question) => [question]))).map(([answers]) => answers!),
            );
          }
          some.forEach((k, at) => {
            scored[at]!.forEach((answer, n) => {
              expect(worst(answer.tokenLogProbs, whole.scored[k]![n]!.tokenLogProbs)).toBeLessThanOrEqual(
                1e-5,
              );
            });
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  it("rejects a model without a mask token", () => {
    const { mask: _, ...special } = model.tokenizer.special;
    const without = { ...model, tokenizer: { ...model.tokenizer, special } };
    for (const open of [maskedReader, maskedEngine])
      expect(() => open(without)).toThrow("has no mask token, so it cannot fill a blank");
  });

  it("rejects an answer that the vocabulary cannot represent", async () => {
    const fixture = written.find(({ name }) => name === unwritable.model)!;
    const { text } = fixture.cases[unwritable.case]!;
    const distilbert = await openExport(fixture.folder, { cacheFolder: cache });
    expect(() => maskedReader(distilbert).prepare(makeQuestion("q/1", text, [unwritable.answer]))).toThrow(
      'q/1: the vocabulary cannot represent the answer " brûlée"',
    );
    await distilbert.close();
  });

  it("limits texts to the model's positions, or to fewer if requested", () => {
    const long = makeQuestion("q", "{{ text | shorten }} [MASK]", ["cat"], {
      text: "cat ".repeat(300).trim(),
    });
    const { length } = maskedEngine(model);
    const [whole] = maskedReader(model).prepare(long);
    expect(length(whole!)).toBe(128);
    expect(whole!.cut).toBe(300 + 3 - 128);
    const [less] = maskedReader(model, { maxLength: 40 }).prepare(long);
    expect(length(less!)).toBe(40);
  });
});
