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
import { pastOf } from "./past.js";
import type { Continuation, Row, Work } from "./rows.js";

/** The most bytes of keys and values that a pass of several rows gathers. */
const PASS_PAST = 512 * 2 ** 20;

/** What rows continue: rows of an earlier pass, by number. */
interface Earlier {
  /** tokens of each of its rows, padding included */
  readonly length: number;
  readonly past: Readonly<Record<string, Tensor>>;
  readonly rows: readonly number[];
}

/**
 * Scores questions with a model that reads from left to right: the text before the blank gives an answer's
 * probability, the text after the blank closes it. A question's context is computed once for all its answers; with a
 * graph that was exported without a cache, once for each.
 * @throws GlmEvalError (model) for an encoder and decoder, or a cache of a kind that is not known
 */
export function causalEngine(model: LoadedExport, options: ScoreOptions = {}): Engine<CausalQuestion> {
  const { config, graphs } = model;
  if (!("model" in graphs))
    throw new GlmEvalError(
      "export-not-supported",
      `found the encoder and the decoder of ${config.modelType}; expected one graph`,
    );
  const graph = graphs.model;
  const past = pastOf(graph, config);
  const positions = config.maxLength ?? Number.POSITIVE_INFINITY;
  const window = config.window ?? Number.POSITIVE_INFINITY;
  const work = { tokens: 0, padding: 0 };

  /** Computes rows and files their scores. Gives the outputs in `fetch`. */
  async function computePass(rows: readonly Row[], earlier: Earlier, fetch: readonly string[]) {
    const { feeds, asks } = layOut(rows, earlier.length);
    addPass(
      work,
      rows.map(({ ids }) => ids.length),
    );
    const all = { ...feeds, ...earlier.past, past_rows: int32List(earlier.rows) };
    const asked = Object.entries(all).filter(([name]) => graph.inputs.has(name));
    const outputs = await graph.session.run(Object.fromEntries(asked), {
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

  /** Computes what continuations share in one pass, and then what is left of each in as many as memory asks for. */
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
      // One pass takes the keys and values away with it; several take copies of their own rows.
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
    length: (question) => tokensOf(question, past !== undefined),
    async score(rows, { maxBatchTokens = options.maxBatchTokens ?? DEFAULT_BATCH_TOKENS } = {}) {
      const asked = rows.map((row) =>
        row.map((question) => ({ ...question, continuations: continuationsOf(question) })),
      );
      const works = planWork(asked.flat(), past !== undefined);
      works.sort((a, b) => a.shared.ids.length - b.shared.ids.length);
      const passes = splitPasses(
        works,
        ({ shared, rests }) => ({
          length: shared.ids.length,
          rest: Math.max(0, ...rests.map(({ ids }) => ids.length)),
        }),
        // Rows that are continued begin where the longest of them ends, and the padding before them takes its part of
        // the positions, and of a window that tokens look back through.
        ({ rows, shortest, longest, rest }) =>
          rows * longest <= maxBatchTokens &&
          longest + rest <= positions &&
          (rest === 0 || shortest === longest || (model.padsContexts && longest + rest <= window)),
      );
      for (const each of passes) await compute(each, maxBatchTokens);
      const scored = asked.map((row) =>
        row.map((q) => ({ id: q.id, answers: scoresOf(q, q.continuations) })),
      );
      checkFinite(scored.flat());
      return scored.map((row) => row.map(({ answers }) => answers));
    },
    close: () => model.close(),
  };
}

/** Tokens that a question takes. @param shares whether its context is computed once for all its answers */
export function tokensOf(
  { context, answers, closing }: Pick<CausalQuestion, "context" | "answers" | "closing">,
  shares: boolean,
): number {
  const tails = answers.reduce((sum, answer) => sum + answer.length + closing.length, 0);
  return (shares ? 1 : answers.length) * context.length + tails;
}

function continuationsOf({ answers, closing }: CausalQuestion): Continuation[] {
  return answers.map((answer) => ({ ids: [...answer, ...closing], logProbs: [], isGreedy: [] }));
}

function scoresOf(
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
