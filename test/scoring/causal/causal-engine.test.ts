import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClozeQuestion } from "../../../src/patterns/index.js";
import { type CausalQuestion, causalEngine, causalReader } from "../../../src/scoring/causal/index.js";
import type { AnswerScore } from "../../../src/scoring/index.js";
import { ask } from "../ask.js";
import { conformance } from "../conformance.js";
import { type ToyOptions, toy, toyLogProb } from "./toy.js";

const asked = (text: string, ...answers: string[]) => ask(text, text, answers);

const open = (options: ToyOptions = {}, maxLength = 1000) => {
  const model = toy(options);
  const reader = causalReader(model, { maxLength, truncation: "longest" });
  return { model, reader, engine: causalEngine(model) };
};

/** Scores every answer by the toy's own arithmetic, on the complete text. */
function expected({ context, answers, closing }: CausalQuestion, window: number): AnswerScore[] {
  return answers.map((answer) => {
    const all = [...context, ...answer, ...closing];
    const logProbs = all.map((id, k) => Math.fround(toyLogProb(all.slice(0, k), id, window)));
    const isGreedy = logProbs.map((value) => value > -5);
    const [start, end] = [context.length, context.length + answer.length];
    return {
      tokenIds: answer,
      tokenLogProbs: logProbs.slice(start, end),
      isGreedy: isGreedy.slice(start, end),
      closing: { tokenIds: closing, logProbs: logProbs.slice(end), isGreedy: isGreedy.slice(end) },
    };
  });
}

const word = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 60 });
const questions = fc.array(
  fc
    .tuple(text, fc.nat(60), fc.array(word, { minLength: 1, maxLength: 5 }))
    .map(([text, at, answers]) => asked(`${text.slice(0, at)}[MASK]${text.slice(at)}`, ...answers)),
  { minLength: 1, maxLength: 12 },
);

describe.each<[string, ToyOptions]>([
  ["a cache and positions", {}],
  ["a cache of float16", { type: "float16" }],
  ["a cache, but without positions", { positions: false }],
  ["a cache with one row a head", { cache: "fused" }],
  ["keys so large that few rows go into a pass", { size: 2 ** 20 }],
  ["no cache", { cache: "none" }],
  ["layers that look back a few tokens", { window: 20 }],
  ["few positions", { maxLength: 67 }],
])("a causal model with %s", (_, options) => {
  it("gives every token its probability after everything that precedes it, whatever is scored with it", async () => {
    await fc.assert(
      fc.asyncProperty(questions, async (list) => {
        const { reader, engine } = open(options);
        const prepared = list.flatMap((question) => reader.prepare(question));
        const scored = await engine.score(prepared.map((question) => [question]));
        expect(scored.map(([answers]) => answers)).toEqual(
          prepared.map((question) => expected(question, options.window ?? 1000)),
        );
      }),
    );
  });
});

describe("the conformance of the causal family", () => {
  conformance(
    async () => open(),
    [
      asked("The boat is on the [MASK].", "lake", "river", "a"),
      asked("[MASK] is it", "This", "That"),
      asked("a [MASK]", "b", "c"),
    ],
  );
});

describe("what is computed", () => {
  const score = async (list: readonly ClozeQuestion[], options: ToyOptions = {}) => {
    const { model, reader, engine } = open(options);
    await engine.score(list.flatMap((question) => reader.prepare(question)).map((question) => [question]));
    return model.passes;
  };
  const long = (length: number) => "a".repeat(length - 1);
  const answers = (count: number, length: number) =>
    Array.from({ length: count }, (_, k) => String.fromCharCode(98 + k).repeat(length));
  const scores = ["log_probs", "is_greedy"];
  const cache = ["present.0.key", "present.0.value"];

  it("is one pass of the contexts if all answers have one token and end the text", async () => {
    const list = [asked(`${long(30)}[MASK]`, "y", "n"), asked(`${long(28)}[MASK]`, "y", "n")];
    expect(await score(list)).toEqual([{ rows: 2, columns: 30, past: 0, fetch: scores }]);
  });

  it("is the context once for ten answers, then their tokens", async () => {
    const passes = await score([asked(`${long(50)}[MASK].`, ...answers(10, 4))]);
    expect(passes).toEqual([
      { rows: 1, columns: 50, past: 0, fetch: [...scores, ...cache] },
      { rows: 10, columns: 4, past: 50, fetch: scores },
    ]);
  });

  it("is one pass of complete texts for a single answer, and if the context is short", async () => {
    expect(await score([asked(`${long(50)}[MASK].`, "bcd")])).toEqual([
      { rows: 1, columns: 53, past: 0, fetch: scores },
    ]);
    expect(await score([asked(`${long(5)}[MASK].`, "bcd", "def")])).toEqual([
      { rows: 2, columns: 8, past: 0, fetch: scores },
    ]);
  });

  it("is one row per answer for a graph without a cache", async () => {
    expect(await score([asked(`${long(50)}[MASK]`, ...answers(3, 4))], { cache: "none" })).toEqual([
      { rows: 3, columns: 53, past: 0, fetch: scores },
    ]);
  });

  it("is contexts of one length per pass if the graph has no position inputs", async () => {
    const list = [50, 48, 50].map((length) => asked(`${long(length)}[MASK]`, ...answers(3, 2)));
    const passes = await score(list, { positions: false });
    expect(passes.map(({ rows, columns, past }) => [rows, columns, past])).toEqual([
      [1, 48, 0],
      [3, 1, 48],
      [2, 50, 0],
      [6, 1, 50],
    ]);
  });

  it("is split rather than padded if texts have very different lengths", async () => {
    const list = [10, 100, 11].map((length) => asked(`${long(length)}[MASK]`, "y", "n"));
    expect((await score(list)).map(({ rows, columns }) => [rows, columns])).toEqual([
      [2, 11],
      [1, 100],
    ]);
  });

  it("is split if one context's continuation would exceed the last position after another context", async () => {
    const list = [30, 36].map((length) => asked(`${long(length)}[MASK]${long(66 - length)}`, "y", "n"));
    const shapes = async (maxLength: number) =>
      (await score(list, { maxLength })).map(({ rows, columns, past }) => [rows, columns, past]);
    expect(await shapes(72)).toEqual([
      [2, 36, 0],
      [4, 35, 36],
    ]);
    expect(await shapes(66)).toEqual([
      [1, 30, 0],
      [2, 35, 30],
      [1, 36, 0],
      [2, 29, 36],
    ]);
  });

  it("is split if the keys and values gathered in a pass would exceed the memory limit", async () => {
    // 8 MB per token: 512 MiB hold those of three rows
    const passes = await score([asked(`${long(20)}[MASK]`, ...answers(7, 2))], { size: 2 ** 20 });
    expect(passes.map(({ rows, columns, past }) => [rows, columns, past])).toEqual([
      [1, 20, 0],
      ...[3, 3, 1].map((rows) => [rows, 1, 20]),
    ]);
  });
});

describe("what cannot be scored", () => {
  it("is an encoder and decoder", () => {
    const { graphs, ...model } = toy();
    const graph = "model" in graphs && graphs.model;
    if (!graph) throw new Error("a toy has one graph");
    const pair = { ...model, graphs: { encoder: graph, decoder: graph } };
    expect(() => causalEngine(pair)).toThrow("found the encoder and the decoder of toy; expected one graph");
  });

  it.each<[string, (number | string)[]]>([
    ["no length", ["B", 1, 8, 8]],
    ["two lengths", ["B", "heads", "past", 8]],
    ["five dimensions", ["B", 2, 1, "past", 8]],
    ["a batch of fixed size", [1, 2, "past", 8]],
  ])("is a cache with %s", (_, dims) => {
    const model = toy();
    if (!("model" in model.graphs)) throw new Error("a toy has one graph");
    const { inputs } = model.graphs.model;
    const changed = new Map(inputs).set("past_key_values.0.key", { type: "float32", dims });
    const graphs = { model: { ...model.graphs.model, inputs: changed } };
    expect(() => causalEngine({ ...model, graphs })).toThrow(
      `the graph's input past_key_values.0.key is float32 [${dims.join(", ")}]; expected float32 or float16`,
    );
  });

  it("is a text for which the model overflows; the error names it", async () => {
    const model = toy();
    if (!("model" in model.graphs)) throw new Error("a toy has one graph");
    const { session } = model.graphs.model;
    const broken = {
      ...session,
      run: async (...args: Parameters<typeof session.run>) => {
        const outputs = await session.run(...args);
        return { ...outputs, log_probs: { ...outputs.log_probs!, data: Float32Array.of(Number.NaN) } };
      },
    };
    const engine = causalEngine({ ...model, graphs: { model: { ...model.graphs.model, session: broken } } });
    const prepared = causalReader(model).prepare(asked("a [MASK]", "b"));
    await expect(engine.score([prepared])).rejects.toThrow("a [MASK]: the model's log-probabilities are NaN");
  });
});
