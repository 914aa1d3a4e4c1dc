import { copyFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type ExportFamily, type LoadedExport, loadExport, readExport } from "../src/models/export/index.js";
import {
  causalEngine,
  type Decoding,
  type Engine,
  maskedEngine,
  seq2seqEngine,
} from "../src/scoring/index.js";
import { BATCH_TOKENS, planned } from "./batches.js";
import { type ExportQuestion, exportQuestions, type Shape } from "./export-questions.js";
import { interleave, medianRate, ratio } from "./measure.js";
import type { Peer } from "./pytorch/peer.js";
import { engineSide, greatestDifference, pytorch, pytorchSide } from "./pytorch/sides.js";
import { removeScratch, scratchFolder } from "./scratch.js";
import { type Bench, type Row, ratioColumns, times } from "./table.js";

const AIM = 3;
/** Seconds of a comparison after which no further round starts. */
const SECONDS = 2;
const ROUNDS = 3;

interface Way {
  /** what distinguishes it from the family's other variants */
  readonly name?: string;
  readonly decoding?: Decoding;
  readonly logitsCache?: boolean;
  readonly shapes: readonly Shape[];
}

const shapes = (answers: number, contexts: readonly number[], answerTokens: readonly number[]): Shape[] =>
  contexts.flatMap((context) => answerTokens.map((tokens) => ({ context, answers, answerTokens: tokens })));

/** Contexts as long as COPA's, BoolQ's short and long ones, and ReCoRD's. */
const SHAPES: readonly Shape[] = [
  ...shapes(2, [20, 100, 250], [1]),
  ...shapes(2, [100], [3]),
  ...shapes(4, [100], [3]),
  ...shapes(10, [250], [3]),
];
const SOME_OF: readonly number[] = [100];

interface Model {
  readonly name: string;
  /** a fixture whose tokenizer has the family's special tokens */
  readonly tokenizer: string;
  readonly ways: readonly Way[];
}

const MODELS: Record<ExportFamily, Model> = {
  masked: {
    name: "BERT-base",
    tokenizer: "bert",
    ways: [
      { decoding: "parallel", shapes: SHAPES },
      {
        name: "likeliest token first",
        decoding: "default",
        shapes: [...shapes(2, SOME_OF, [3]), ...shapes(4, SOME_OF, [3])],
      },
    ],
  },
  seq2seq: { name: "T5-small", tokenizer: "t5", ways: [{ shapes: SHAPES }] },
  causal: {
    name: "GPT-2",
    tokenizer: "gpt2",
    ways: [
      { shapes: SHAPES },
      {
        name: "PyTorch with lm-eval's logits_cache",
        logitsCache: true,
        shapes: [...shapes(2, SOME_OF, [1]), ...shapes(4, SOME_OF, [1])],
      },
    ],
  },
};

/** The other families' engines, against PyTorch scoring every answer as a separate request, as lm-eval does. */
export const families: Bench = {
  name: "families",
  async *run({ threads }) {
    const start = pytorch("families", "torch, transformers, onnx and onnxruntime");
    if (!start) return;
    for (const family of Object.keys(MODELS) as ExportFamily[]) {
      const scratch = await scratchFolder();
      let peer: Peer | undefined;
      try {
        peer = await start("lm_eval_style.py", [family, scratch], threads);
        if (peer) yield* compare(family, scratch, peer, threads);
      } finally {
        peer?.close();
        await removeScratch(scratch);
      }
    }
  },
};

async function* compare(
  family: ExportFamily,
  folder: string,
  peer: Peer,
  threads: number,
): AsyncIterable<Row> {
  const { name, tokenizer, ways } = MODELS[family];
  for (const file of ["tokenizer.json", "tokenizer_config.json"])
    await copyFile(
      fileURLToPath(new URL(`../test/fixtures/exports/${tokenizer}/${file}`, import.meta.url)),
      path.join(folder, file),
    );
  process.stderr.write(`${name}: against ${peer.versions}\n`);
  const model = await loadExport(await readExport(folder), {
    threads,
    cacheFolder: path.join(folder, "cache"),
  });
  try {
    for (const way of ways)
      for (const shape of way.shapes) yield await compareShape(name, model, peer, way, shape);
  } finally {
    await model.close();
  }
}

async function compareShape(
  name: string,
  model: LoadedExport,
  peer: Peer,
  { name: way, decoding = "parallel", logitsCache = false }: Way,
  shape: Shape,
): Promise<Row> {
  const { family, vocabSize, decoderStartTokenId } = model.config;
  const { mask, sentinels } = model.tokenizer.special;
  const { context, answers, answerTokens } = shape;
  const perQuestion = context + answerTokens;
  // A full pass for each side, or one question.
  const [ours, theirs] = [perQuestion, perQuestion * answers].map((tokens) =>
    Math.ceil(BATCH_TOKENS / tokens),
  );
  const frame = { start: decoderStartTokenId, sentinels };
  const questions = exportQuestions(family, shape, ours!, vocabSize, frame);
  const asked = {
    questions: questions.slice(0, theirs),
    batch_tokens: BATCH_TOKENS,
    logits_cache: logitsCache,
    ...(mask !== undefined && { mask, decoding }),
  };
  const engine = engineOf(model, decoding);
  const batches = planned(questions, engine);
  const [theirSide, ourSide] = [pytorchSide(peer, asked), engineSide(engine, batches)];
  const rounds = await interleave([theirSide, ourSide], { rounds: ROUNDS, seconds: SECONDS });
  const faster = ratio(rounds, 1, 0);
  const rate = (side: number) => medianRate(rounds, side).toPrecision(3);
  const difference = greatestDifference(asked.questions, ourSide.found, theirSide.scores());
  const kind = answerTokens === 1 ? "single tokens" : `of ${answerTokens} tokens`;
  return {
    bench: "families",
    what: `${name}${way ? `, ${way}` : ""}: ${answers} answers, ${kind}, context ${context}`,
    ...ratioColumns(faster, times),
    aim: `≥ ${times(AIM)}`,
    reached: faster.median >= AIM,
    note: `${rate(1)} / ${rate(0)} questions/s; log p differ by ≤ ${difference.toExponential(0)}`,
  };
}

function engineOf(model: LoadedExport, decoding: Decoding): Engine<ExportQuestion> {
  switch (model.config.family) {
    case "masked":
      return maskedEngine(model, { decoding }) as Engine as Engine<ExportQuestion>;
    case "seq2seq":
      return seq2seqEngine(model) as Engine as Engine<ExportQuestion>;
    case "causal":
      return causalEngine(model) as Engine as Engine<ExportQuestion>;
  }
}
