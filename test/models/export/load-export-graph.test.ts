import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { DTYPE_SUFFIX, type Dtype } from "../../../src/models/config/index.js";
import { type LoadedExport, loadExport, readExport } from "../../../src/models/export/index.js";
import {
  type Ask,
  ask,
  type Case,
  cache,
  EXPORTS,
  int32,
  makeFeeds,
  NAMES,
  noPast,
  padded,
  readCases,
} from "./exports.js";

/** PyTorch's parameter counts for the same configs (transformers 5.18, sum of numel). */
const PARAMETERS: Record<string, number> = {
  albert: 14052,
  bart: 65600,
  bert: 32694,
  bloom: 46016,
  deberta: 47684,
  "deberta-v2": 24672,
  distilbert: 33851,
  "flan-t5": 47616,
  glm: 56608,
  gpt2: 38752,
  gpt_neo: 38560,
  gpt_neox: 56032,
  llama: 52640,
  mistral: 51616,
  modernbert: 39744,
  mt5: 47680,
  opt: 38816,
  qwen2: 36128,
  qwen3: 39120,
  roberta: 39524,
  stablelm: 55040,
  t5: 41536,
};

/** Returns PyTorch's results for a case and those of the graphs, with all answers in one batch. */
async function scores(model: LoadedExport, one: Case): Promise<{ expected: Expected; found: Expected }> {
  const { graphs } = model;
  if ("decoder" in graphs) return seq2seq(graphs, one);
  return one.context_ids ? causal(graphs.model, one) : masked(graphs.model, one);
}

interface Expected {
  readonly logProbs: readonly number[];
  readonly isGreedy: readonly boolean[];
}

type Model = Extract<LoadedExport["graphs"], { model: unknown }>["model"];

/** Scores all masks of an answer at once. */
async function masked(graph: Model, one: Case) {
  const rows = one.scores.map(({ input_ids }) => input_ids!);
  const asked = one.scores.flatMap(({ ids, input_ids, parallel }, row): Ask[] => {
    // The masks are the longest run of a single id with the length of the answer.
    const token = input_ids!.findIndex(
      (id, at) => ids.every((_, k) => input_ids![at + k] === id) && isMask(id),
    );
    expect(parallel!.log_probs).toHaveLength(ids.length);
    return ids.map((id, k) => ({ row, token: token + k, id }));
  });
  const found = await ask(
    graph,
    makeFeeds(
      graph,
      {
        input_ids: padded(rows, 0),
        attention_mask: padded(
          rows.map((row) => row.map(() => 1)),
          0,
        ),
        token_type_ids: padded(
          one.scores.map(({ token_type_ids }) => token_type_ids ?? []),
          0,
        ),
      },
      asked,
    ),
  );
  return {
    found,
    expected: {
      logProbs: one.scores.flatMap(({ parallel }) => parallel!.log_probs),
      isGreedy: one.scores.flatMap(({ parallel }) => parallel!.is_greedy),
    },
  };
}
let isMask: (id: number) => boolean = () => false;

/** Scores the context once, then all answers with their closing tokens. */
async function causal(graph: Model, one: Case) {
  const context = one.context_ids!;
  // The last token of the context gives the first answer's token, so the answers' pass starts with it.
  const head = context.slice(0, -1);
  const rows = one.scores.map(({ ids, closing }) => [context.at(-1)!, ...ids, ...closing!.ids]);
  let past = noPast(graph);
  if (head.length > 0) {
    const first = makeFeeds(
      graph,
      { input_ids: [head], attention_mask: [head.map(() => 1)], position_ids: [head.map((_, j) => j)] },
      [],
    );
    const outputs = await graph.session.run({ ...first, ...past, past_rows: int32([0]) });
    past = Object.fromEntries(
      Object.keys(past).map((name) => [name, outputs[name.replace("past_key_values", "present")]!]),
    );
  }
  const width = Math.max(...rows.map((row) => row.length));
  const asked = rows.flatMap((row, r) => row.slice(1).map((id, token): Ask => ({ row: r, token, id })));
  const found = await ask(graph, {
    ...makeFeeds(
      graph,
      {
        input_ids: padded(rows, 0),
        attention_mask: padded(
          rows.map((row) => [...head, ...row].map(() => 1)),
          0,
        ),
        position_ids: rows.map(() => Array.from({ length: width }, (_, j) => head.length + j)),
      },
      asked,
    ),
    ...past,
    past_rows: int32(rows.map(() => 0)),
  });
  return { found, expected: withClosing(one) };
}

/** Encodes the text once, then scores all answers with their closing tokens. */
async function seq2seq(graphs: Extract<LoadedExport["graphs"], { decoder: unknown }>, one: Case) {
  const { encoder, decoder } = graphs;
  const text = one.encoder_ids!;
  const mask = [text.map(() => 1)];
  const { target_rows, pick_rows, pick_ids, ...feeds } = makeFeeds(
    encoder,
    { input_ids: [text], attention_mask: mask },
    [],
  );
  const { last_hidden_state: hidden } = await encoder.session.run(feeds);
  const rows: number[][] = [];
  const asked = one.scores.flatMap(({ ids, decoder_ids, closing }, row): Ask[] => {
    const told = [...ids, ...closing!.ids];
    // The decoder's input ends within the requested tokens: after the answer, or before the last closing token.
    const start = decoder_ids!.findIndex((_, at) =>
      decoder_ids!.slice(at).every((id, k) => k < told.length && id === told[k]),
    );
    rows.push([...decoder_ids!.slice(0, start), ...told]);
    return told.map((id, k) => ({ row, token: start + k - 1, id }));
  });
  const found = await ask(decoder, {
    ...makeFeeds(decoder, { input_ids: padded(rows, 0), encoder_attention_mask: mask }, asked),
    encoder_hidden_states: hidden!,
    encoder_rows: int32(rows.map(() => 0)),
  });
  return { found, expected: withClosing(one) };
}

function withClosing(one: Case): Expected {
  return {
    logProbs: one.scores.flatMap(({ log_probs, closing }) => [...log_probs!, ...closing!.log_probs]),
    isGreedy: one.scores.flatMap(({ is_greedy, closing }) => [...is_greedy!, ...closing!.is_greedy]),
  };
}

describe.each(NAMES)("%s", (name) => {
  const folder = path.join(EXPORTS, name);
  const files = readdirSync(path.join(folder, "onnx"));
  const dtypes = (Object.keys(DTYPE_SUFFIX) as Dtype[]).filter((dtype) =>
    files.some((file) =>
      /^(decoder_)?model(_merged)?$/.test(file.replace(`${DTYPE_SUFFIX[dtype]}.onnx`, "")),
    ),
  );

  it.each(dtypes)("gives the log-probabilities of the exporter's own graph (%s)", async (dtype) => {
    const model = await loadExport(await readExport(folder), { dtype, cacheFolder: cache });
    try {
      const { graphs } = model;
      const graph = "decoder" in graphs ? graphs.decoder : graphs.model;
      expect(graph.gathersFirst).toBe(true);
      expect(model.padsContexts).toBe(true);
      expect(graph.outputs).toContain("log_probs");
      expect(graph.outputs).not.toContain("logits");
      expect(model.parameters).toBe(PARAMETERS[name]);
    } finally {
      await model.close();
    }
  });

  it("gives PyTorch's log-probabilities within 1e-4, and its flags", async () => {
    const model = await loadExport(await readExport(folder), { dtype: "fp32", cacheFolder: cache });
    isMask = (id) => id === model.tokenizer.special.mask;
    try {
      for (const one of readCases(name)) {
        const { expected, found } = await scores(model, one);
        expect(found.isGreedy).toEqual(expected.isGreedy);
        expected.logProbs.forEach((value, k) => {
          expect(Math.abs(found.logProbs[k]! - value), `${k} of ${JSON.stringify(one)}`).toBeLessThan(1e-4);
        });
      }
    } finally {
      await model.close();
    }
  });
});

it("every edited graph agreed with the exporter's own within its tolerance", () => {
  const folders = readdirSync(path.join(cache, "exports"));
  const checks = folders.map((name) => path.join(cache, "exports", name, "check.json")).filter(existsSync);
  const differences = checks.map(
    (file) => (JSON.parse(readFileSync(file, "utf8")) as { difference: number }).difference,
  );
  expect(differences.length).toBeGreaterThanOrEqual(NAMES.length);
  expect(Math.max(...differences)).toBeLessThan(1e-2);
  expect(differences.filter((value) => value < 1e-5).length).toBeGreaterThanOrEqual(NAMES.length);
});
