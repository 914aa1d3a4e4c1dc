import { GlmEvalError } from "../../errors.js";
import type { LoadedExport } from "../../models/export/index.js";
import type { Tensor } from "../../models/onnx/index.js";
import type { AnswerScore, Engine, ScoreOptions } from "../engine.js";
import { int32List } from "../feeds.js";
import { checkFinite } from "../finite.js";
import { addPass, DEFAULT_BATCH_TOKENS } from "../passes.js";
import { HEAD_OUTPUTS } from "../targets.js";
import { layOut } from "./causal-pass.js";
import type { CausalQuestion } from "./causal-reader.js";
import { planWork, splitPasses } from "./pass-plan.js";
import { readPast } from "./past.js";
import type { Continuation, Row, Work } from "./rows.js";

/** Maximum number of bytes of keys and values that a pass with several rows gathers. */
const PASS_PAST = 512 * 2 ** 20;

/** The rows of an earlier pass that rows continue, by index. */
interface Earlier {
  /** number of tokens in each of its rows, including padding */
  readonly length: number;
  readonly past: Readonly<Record<string, Tensor>>;
  readonly rows: readonly number[];
}

/**
 * Scores questions with a left-to-right model: an answer's probability is conditioned on the text before the blank, and
 * the text after the blank closes the answer. A question's context is computed once for all its answers; with a graph
 * exported without a cache, once per answer.
 * @throws GlmEvalError (model) for an encoder and decoder, or an unsupported kind of cache
 */
export function causalEngine(model: LoadedExport, options: ScoreOptions = {}): Engine<CausalQuestion> {
  const { config, graphs } = model;
  if (!("model" in graphs))
    throw new GlmEvalError(
      "export-not-supported",
      `found the encoder and the decoder of ${config.modelType}; expected one graph`,
    );
  const graph = graphs.model;
  const past = readPast(graph, config);
  const positions = config.maxLength ?? Number.POSITIVE_INFINITY;
  const window = config.window ?? Number.POSITIVE_INFINITY;
  const work = { tokens: 0, padding: 0 };

  /** Computes rows and stores their scores. Returns the outputs in `fetch`. */
  async function computePass(rows: readonly Row[], earlier: Earlier, fetch: readonly string[]) {
    const { feeds, asks } = layOut(rows, earlier.length);
    addPass(
      work,
      rows.map(({ ids }) => ids.length),
    );
    const all = { ...feeds, ...earlier.past, past_rows: int32List(earlier.rows) };
    const needed = Object.entries(all).filter(([name]) => graph.inputs.has(name));
    const outputs = await graph.session.run(Object.fromEntries(needed), {
      fetch: [...HEAD_OUTPUTS, ...fetch],
    });
    const logProbs = outputs.log_probs!.data as Float32Array;
    const isGreedy = outputs.is_greedy!.data as Uint8Array;
    asks.forEach(({ of, number }, k) => {
      of.logProbs[number] = logProbs[k]!;
      of.isGreedy[number] = isGreedy[k] === 1;
    });
    return outputs;
  }

  /** Computes what continuations share in one pass, then the rest of each in as many passes as memory requires. */
  async function compute(works: readonly Work[], maxBatchTokens: number): Promise<void> {
    const rests = works.flatMap((work, of) => work.rests.map((row) => ({ row, of })));
    const begin = { length: 0, past: past?.none() ?? {}, rows: works.map(() => 0) };
    const fetch = past && rests.length > 0 ? past.outputs : [];
    const present = await computePass(
      works.map(({ shared }) => shared),
      begin,
      fetch,
    );
    if (!past) return;
    const length = Math.max(...works.map(({ shared }) => shared.ids.length));
    const passes = splitPasses(
      rests,
      ({ row }) => ({ length: row.ids.length, rest: 0 }),
      ({ rows, longest }) =>
        rows * longest <= maxBatchTokens && rows * length * past.bytesPerToken <= PASS_PAST,
    );
    for (const part of passes) {
      // A single pass consumes the keys and values; several passes take copies of their own rows.
      const range = passes.length > 1 ? ([part[0]!.of, part.at(-1)!.of + 1] as const) : undefined;
      const rows = part.map(({ of }) => of - (range?.[0] ?? 0));
      await computePass(
        part.map(({ row }) => row),
        { length, past: past.of(present, range), rows },
        [],
      );
    }
  }

  return {
    packs: false,
    work,
    length: (question) => countTokens(question, past !== undefined),
    async score(rows, { maxBatchTokens = options.maxBatchTokens ?? DEFAULT_BATCH_TOKENS } = {}) {
      const expanded = rows.map((row) =>
        row.map((question) => ({ ...question, continuations: makeContinuations(question) })),
      );
      const works = planWork(expanded.flat(), past !== undefined);
      works.sort((a, b) => a.shared.ids.length - b.shared.ids.length);
      const passes = splitPasses(
        works,
        ({ shared, rests }) => ({
          length: shared.ids.length,
          rest: Math.max(0, ...rests.map(({ ids }) => ids.length)),
        }),
        // Continuations start where the longest row ends, and the padding before them uses up positions and part of the
        // attention window.
        ({ rows, shortest, longest, rest }) =>
          rows * longest <= maxBatchTokens &&
          longest + rest <= positions &&
          (rest === 0 || shortest === longest || (model.padsContexts && longest + rest <= window)),
      );
      for (const each of passes) await compute(each, maxBatchTokens);
      const scored = expanded.map((row) =>
        row.map((q) => ({ id: q.id, answers: toAnswerScores(q, q.continuations) })),
      );
      checkFinite(scored.flat());
      return scored.map((row) => row.map(({ answers }) => answers));
    },
    close: () => model.close(),
  };
}

/** Counts the tokens that a question takes. @param shares whether its context is computed once for all its answers */
export function countTokens(
  { context, answers, closing }: Pick<CausalQuestion, "context" | "answers" | "closing">,
  shares: boolean,
): number {
  const tails = answers.reduce((sum, answer) => sum + answer.length + closing.length, 0);
  return (shares ? 1 : answers.length) * context.length + tails;
}

function makeContinuations({ answers, closing }: CausalQuestion): Continuation[] {
  return answers.map((answer) => ({ ids: [...answer, ...closing], logProbs: [], isGreedy: [] }));
}

function toAnswerScores(
  { answers, closing }: CausalQuestion,
  continuations: readonly Continuation[],
): AnswerScore[] {
  return answers.map((tokenIds, k) => {
    const { logProbs, isGreedy } = continuations[k]!;
    const end = tokenIds.length;
    return {
      tokenIds,
      tokenLogProbs: logProbs.slice(0, end),
      isGreedy: isGreedy.slice(0, end),
      closing: { tokenIds: closing, logProbs: logProbs.slice(end), isGreedy: isGreedy.slice(end) },
    };
  });
}
