import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AnswerScore,
  type ScoreOptions,
  type Seq2SeqQuestion,
  type Seq2SeqReaderOptions,
  seq2seqEngine,
  seq2seqReader,
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

interface Seq2SeqReference extends Reference {
  /** what the decoder read */
  readonly decoder_ids: readonly number[];
  readonly closing: Reference & { readonly ids: readonly number[] };
}
type Seq2SeqCase = ExportCase<Seq2SeqReference> & { readonly encoder_ids: readonly number[] };

const fixtures = exportFixtures<Seq2SeqCase>("seq2seq");
const cache = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const seq2seq = (model: LoadedExport, options: Seq2SeqReaderOptions & ScoreOptions = {}) => ({
  reader: seq2seqReader(model, options),
  engine: seq2seqEngine(model, options),
});
const numbersOf = (answer: AnswerScore) => [...answer.tokenLogProbs, ...answer.closing.logProbs];

it("there are fixtures of both kinds", () => {
  expect(fixtures.map(({ name }) => name)).toEqual(["bart", "flan-t5", "mt5", "t5"]);
});

describe.each(fixtures)("$name", (fixture) => {
  const questions = questionsOf(fixture);
  let model: LoadedExport;
  beforeAll(async () => {
    model = await openExport(fixture.folder, { cacheFolder: cache });
  });
  afterAll(() => model.close());

  it("frames texts and answers as the reference does", () => {
    const reader = seq2seqReader(model);
    questions.forEach((question, k) => {
      const [prepared] = reader.prepare(question);
      const { encoder_ids, scores } = fixture.cases[k]!;
      expect(prepared!.encoder).toEqual(encoder_ids);
      scores.forEach((golden, n) => {
        const { before, answers, closing } = prepared!;
        expect(answers[n]).toEqual(golden.ids);
        expect(closing).toEqual(golden.closing.ids);
        expect([...before, ...answers[n]!, ...closing.slice(0, -1)]).toEqual(golden.decoder_ids);
      });
    });
  });

  it("matches PyTorch's log-probabilities within 1e-4, and its flags", async () => {
    const { scored } = await scoreAll(seq2seq(model), questions);
    fixture.cases.forEach(({ scores }, k) => {
      expect(scored[k]!.map((answer) => answer.isGreedy)).toEqual(scores.map((s) => s.is_greedy));
      expect(scored[k]!.map(({ closing }) => closing.isGreedy)).toEqual(
        scores.map((s) => s.closing.is_greedy),
      );
      scored[k]!.forEach((answer, n) => {
        const golden = scores[n]!;
        expect(worst(answer.tokenLogProbs, golden.log_probs)).toBeLessThanOrEqual(1e-4);
        expect(worst(answer.closing.logProbs, golden.closing.log_probs)).toBeLessThanOrEqual(1e-4);
      });
    });
  });

  it("gives the same scores without the closings, which are empty", async () => {
    const { scored } = await scoreAll(seq2seq(model, { closing: false }), questions);
    fixture.cases.forEach(({ scores }, k) => {
      scored[k]!.forEach((answer, n) => {
        expect(worst(answer.tokenLogProbs, scores[n]!.log_probs)).toBeLessThanOrEqual(1e-4);
        expect(answer.closing).toEqual({ tokenIds: [], logProbs: [], isGreedy: [] });
      });
    });
  });

  it("reads texts as long as the model's positions", async () => {
    const { reader, engine } = seq2seq(model);
    const text = "the river rose and ".repeat(200).trim();
    const [long] = reader.prepare(makeQuestion("q", "{{ text | shorten }} [MASK].", ["cat"], { text }));
    expect(long!.cut).toBeGreaterThan(0);
    const [[[answer]]] = (await engine.score([[long!]])) as [[[AnswerScore]]];
    expect(answer.tokenLogProbs.every((value) => value < 0)).toBe(true);
  });

  it("gives the same scores in any order, batches and passes", async () => {
    const whole = await scoreAll(seq2seq(model), questions);
    const order = fc.shuffledSubarray(
      questions.map((_, k) => k),
      { minLength: 1 },
    );
    const property = fc.asyncProperty(
      order,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 2000 }),
      async (some, size, maxBatchTokens) => {
        const engine = seq2seqEngine(model, { maxBatchTokens });
        const scored: AnswerScore[][] = [];
        for (let at = 0; at < some.length; at += size) {
          const batch = some.slice(at, at + size).map((k) => [whole.prepared[k]!]);
          scored.push(...(await engine.score(batch)).map(([answers]) => answers!));
        }
        some.forEach((k, at) => {
          scored[at]!.forEach((answer, n) => {
            expect(worst(numbersOf(answer), numbersOf(whole.scored[k]![n]!))).toBeLessThanOrEqual(1e-5);
          });
        });
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  describe("conforms", () => {
    conformance(async () => leftOpen(seq2seq(model)), questions);
  });
});

describe("precision", () => {
  const having = (file: string) => fixtures.filter(({ files }) => files.includes(file));
  const found = async ({ folder }: (typeof fixtures)[number], cases: Asked, dtype: "fp16" | "q8") => {
    const pair = seq2seq(await openExport(folder, { cacheFolder: cache, dtype }));
    const { scored } = await scoreAll(pair, questionsOf({ name: "q", cases }));
    await pair.engine.close();
    return scored.flat().flatMap(numbersOf);
  };
  type Asked = readonly Seq2SeqCase[];
  const reference = (cases: Asked) =>
    cases.flatMap(({ scores }) => scores.flatMap((s) => [...s.log_probs, ...s.closing.log_probs]));

  it.each(having("encoder_model_fp16.onnx"))(
    "float16 stays within 0.05 of float32 in short texts: $name",
    async (fixture) => {
      // A float16 T5 rounds the logarithm that sorts distances into buckets: one of 16 or 32 falls into the bucket before.
      const short = fixture.cases.filter(({ encoder_ids }) => encoder_ids.length <= 16);
      expect(short.length).toBeGreaterThan(3);
      expect(worst(await found(fixture, short, "fp16"), reference(short))).toBeLessThan(0.05);
      const all = await found(fixture, fixture.cases, "fp16");
      expect(all.length).toBe(reference(fixture.cases).length);
      expect(all.every((value) => Number.isFinite(value) && value < 0)).toBe(true);
    },
  );

  it.each(having("encoder_model_quantized.onnx"))(
    "8-bit weights give log-probabilities: $name",
    async (fixture) => {
      const logProbs = await found(fixture, fixture.cases, "q8");
      expect(logProbs.length).toBe(reference(fixture.cases).length);
      expect(logProbs.every((value) => Number.isFinite(value) && value < 0)).toBe(true);
    },
  );
});

describe("the computation", () => {
  const models = new Map<string, LoadedExport>();
  beforeAll(async () => {
    for (const { name, folder } of fixtures)
      models.set(name, await openExport(folder, { cacheFolder: cache }));
  });
  afterAll(async () => {
    for (const model of models.values()) await model.close();
  });

  /** The [rows, tokens] of each pass of encoder and decoder, and how many places and tokens are asked. */
  const runsOf = async (
    name: string,
    questions: ReturnType<typeof questionsOf>,
    options: Seq2SeqReaderOptions & ScoreOptions,
  ) => {
    const spy = spied(models.get(name)!);
    const { prepared } = await scoreAll(seq2seq(spy.model, options), questions);
    const of = (graph: string, input: string) =>
      spy.runs.filter((run) => run.graph === graph).map(({ dims }) => dims[input]!);
    return {
      prepared,
      encoder: of("encoder", "input_ids"),
      decoder: of("decoder", "input_ids"),
      hidden: of("decoder", "encoder_hidden_states").map(([texts]) => texts),
      targets: of("decoder", "target_rows").map(([n]) => n),
      picks: of("decoder", "pick_ids").map(([n]) => n),
    };
  };
  const animal = (id: string, answers: readonly string[]) => makeQuestion(id, "The [MASK] is grey.", answers);

  it("T5: reads a question once, and each answer once for what closes it", async () => {
    const { encoder, decoder, targets, picks, prepared } = await runsOf(
      "t5",
      [animal("q", ["cat", "dog"])],
      {},
    );
    const [question] = prepared;
    const lengths = question!.answers.map(({ length }) => length);
    expect(encoder).toEqual([[1, question!.encoder.length]]);
    expect(decoder).toEqual([[2, 2 + Math.max(...lengths)]]);
    // The first token of both is asked at one place.
    expect(targets).toEqual([lengths[0]! + lengths[1]! + 2 - 1]);
    expect(picks).toEqual([lengths[0]! + lengths[1]! + 2]);
  });

  it.each(["t5", "bart"])(
    "%s: asks all single-token answers in one decoder row where no closing is",
    async (name) => {
      const spy = models.get(name)!;
      const words = ["cat", "dog", "river", "lake", "bridge", "road", "boat", "is", "the"];
      const single = words.filter((word) => spy.tokenizer.encode(` ${word}`).length === 1);
      expect(single.length).toBeGreaterThan(1);
      const { encoder, decoder, targets, picks, prepared } = await runsOf(name, [animal("q", single)], {
        closing: false,
      });
      expect(encoder.length).toBe(1);
      expect(decoder).toEqual([[1, prepared[0]!.before.length]]);
      expect(targets).toEqual([1]);
      expect(picks).toEqual([single.length]);
    },
  );

  it("hands the hidden states on whole, or to each pass of the decoder those that it reads", async () => {
    const questions = ["a", "b", "c"].map((id) => animal(id, ["cat", "dog"]));
    const one = await runsOf("t5", questions, { maxBatchTokens: 1000 });
    expect([one.encoder.length, one.hidden]).toEqual([1, [3]]);
    expect(one.decoder.map(([rows]) => rows)).toEqual([6]);
    const texts = one.encoder[0]![0]! * one.encoder[0]![1]!;
    const more = ["a", "b", "c"].map((id) => animal(id, ["cat", "dog", "river", "lake", "bridge"]));
    const some = await runsOf("t5", more, { maxBatchTokens: texts });
    expect(some.encoder).toEqual(one.encoder);
    expect(some.decoder.length).toBeGreaterThan(1);
    expect(Math.min(...some.hidden.map(Number))).toBeLessThan(3);
  });

  it("rejects a model that cannot fill a blank", () => {
    const model = models.get("bart")!;
    const { mask: _, ...special } = model.tokenizer.special;
    const without = { ...model, tokenizer: { ...model.tokenizer, special } };
    expect(() => seq2seqReader(without)).toThrow("so it cannot fill a blank");
  });

  it("cuts a text for T5 to 512 tokens unless told otherwise", () => {
    const long = makeQuestion("q", "{{ text | shorten }} [MASK]", ["cat"], {
      text: "cat ".repeat(700).trim(),
    });
    const sizeOf = (options: Seq2SeqReaderOptions) => {
      const [{ encoder, answers }] = seq2seqReader(models.get("t5")!, options).prepare(long) as [
        Seq2SeqQuestion,
      ];
      return encoder.length - 1 + answers[0]!.length;
    };
    expect(sizeOf({})).toBe(512);
    expect(sizeOf({ maxLength: 64 })).toBe(64);
  });
});
