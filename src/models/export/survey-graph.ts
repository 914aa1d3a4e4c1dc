import { GlmEvalError } from "../../errors.js";
import { openSession, type Session, type SessionOptions } from "../onnx/index.js";
import type { StoredGraph } from "./edited-graph-store.js";
import type { ExportConfig } from "./export-config.js";
import { type Observed, observePlain, type Probe, runEncoder, type TokenReading } from "./observe-graph.js";
import { isPast } from "./past-inputs.js";

/** Results about an exporter's graph: properties of the model, and numbers that every edit must reproduce. */
export interface Survey {
  /**
   * whether a row's log-probabilities stay the same when padded next to longer rows (in a causal model: in the past)
   */
  readonly padsContexts: boolean;
  /** whether several rows at once can continue an earlier pass; false for models that are not causal */
  readonly continues: boolean;
  readonly first: Observed;
  /** the continuation of the first pass, if possible */
  readonly second?: Observed;
}

/** Tolerance for float32 differences due to summation order. */
const SAME = 1e-4;
/** The same for rows in a different batch: other shapes, and padding with large negative numbers. */
const OTHER_BATCH = 1e-3;
/** float16 rounds to 2^-11 of a number; this allows for several consecutive roundings. */
const HALF = 2 ** -8;
/** With a scale shared by all rows, a row's rounding depends on the others. */
const SHARED_SCALE = 0.5;

/** Returns how much log-probabilities of the same rows may differ because of rounding. */
export function getTolerance({ facts }: StoredGraph, { scale }: Observed): number {
  return SAME + (facts.hasHalves ? HALF * scale : 0);
}

export interface SurveyOptions {
  readonly config: ExportConfig;
  readonly plain: StoredGraph;
  readonly session: SessionOptions;
  /** for a seq2seq model, whose decoder is surveyed */
  readonly encoder?: { readonly graph: StoredGraph; readonly session: Session } | undefined;
}

/**
 * Runs the exporter's own graph on a few tokens. This is the only place where full logits exist.
 * @throws GlmEvalError (model) if it fails to run
 */
export async function surveyGraph(options: SurveyOptions): Promise<Survey> {
  const { plain, config, encoder } = options;
  const session = await openSession(plain.model, options.session);
  const observe = (pass: Probe) => observePlain(session, plain.facts, config, pass);
  try {
    if (encoder) return await surveyDecoder(options, encoder, observe);
    const contexts = makeContexts(config);
    const first = await observe(contexts);
    if (Object.keys(plain.facts.inputs).some(isPast)) {
      const continued = await surveyPast(options, observe, first).catch((error: unknown) => {
        // Some attention operators can continue only one row at a time.
        if (error instanceof GlmEvalError) return undefined;
        throw error;
      });
      if (continued) return { ...continued, continues: true, first: first.observed };
    }
    const alone = async (row: number) =>
      compareRow(await observe({ rows: [contexts.rows[row]!] }), 0, first.observed, row);
    const padsContexts = isHarmless(plain, first.observed, await alone(0), await alone(1));
    return { padsContexts, continues: false, first: first.observed };
  } finally {
    await session.close();
  }
}

type Observation = Awaited<ReturnType<typeof observePlain>>;
type Observe = (pass: Probe) => Promise<Observation>;

/** @returns undefined if continuing a pass does not give the same results as the complete text */
async function surveyPast(
  { config, plain }: SurveyOptions,
  observe: Observe,
  first: Observation,
): Promise<{ readonly padsContexts: boolean; readonly second: Observed } | undefined> {
  const contexts = makeContexts(config);
  const tolerance = plain.facts.sharesScale
    ? SHARED_SCALE
    : Math.max(OTHER_BATCH, getTolerance(plain, first.observed));
  if ("use_cache_branch" in plain.facts.inputs) {
    // The branch for a past of a merged decoder is the one that is kept: it must also work with an empty past.
    const { observed } = await observe({ ...contexts, branch: "past" });
    if (!(findMaxDifference(first.observed.places, observed.places) <= tolerance)) return undefined;
  }
  const tails = makeTails(config, first.outputs);
  const { observed: second } = await observe(tails);
  const alone = async (row: number) => {
    const context = contexts.rows[tails.past!.rows[row]!]!;
    return compareRow(
      await observe({ rows: [[...context, ...tails.rows[row]!]] }),
      context.length,
      second,
      row,
    );
  };
  const unpadded = await alone(0);
  if (!(unpadded <= tolerance)) return undefined;
  return { padsContexts: isHarmless(plain, second, unpadded, await alone(2)), second };
}

async function surveyDecoder(
  { config, plain }: SurveyOptions,
  { graph, session }: NonNullable<SurveyOptions["encoder"]>,
  observe: Observe,
): Promise<Survey> {
  const texts = makeContexts(config);
  const pass = makeDecoderPass(config, await runEncoder(session, graph.facts, config, texts));
  const { observed: first } = await observe(pass);
  const alone = async (row: number) => {
    const of: Probe = { rows: [texts.rows[pass.encoder!.rows[row]!]!] };
    const encoder = { rows: [0], of, hidden: await runEncoder(session, graph.facts, config, of) };
    return compareRow(await observe({ rows: [pass.rows[row]!], encoder }), 0, first, row);
  };
  return { padsContexts: isHarmless(plain, first, await alone(0), await alone(2)), continues: false, first };
}

/** Makes texts of different lengths, padded to the first. */
export function makeContexts(config: ExportConfig): Probe {
  return { rows: makeRows(config, [8, 3, 6], 1) };
}

/** Makes rows that continue the first text, the first again, and the second, whose padding is then in between. */
export function makeTails(config: ExportConfig, presents: NonNullable<Probe["past"]>["presents"]): Probe {
  return {
    rows: makeRows(config, [4, 2, 3], 2),
    past: { rows: [0, 0, 1], of: makeContexts(config), presents },
  };
}

/** Makes decoder rows that read the first text, the first again, the second and the third. */
export function makeDecoderPass(
  config: ExportConfig,
  hidden: NonNullable<Probe["encoder"]>["hidden"],
): Probe {
  const rows = makeRows(config, [5, 2, 4, 3], 2);
  return { rows, encoder: { rows: [0, 0, 1, 2], of: makeContexts(config), hidden } };
}

/** Makes texts of different lengths, as long as typical questions; shorter only if the model has fewer positions. */
export function makeLongRows(config: ExportConfig): number[][] {
  const lengths = [72, 40].map((length) => Math.min(length, config.maxLength ?? length));
  return makeRows(config, lengths, 3);
}

/** Computes the difference between a row's results alone and among others. */
function compareRow({ observed }: Observation, from: number, among: Observed, row: number): number {
  return findMaxDifference(
    among.places.filter((reading) => reading.row === row),
    observed.places.slice(from),
  );
}

/** Computes the largest difference of the log-probabilities of ids that both have. */
function findMaxDifference(readings: readonly TokenReading[], others: readonly TokenReading[]): number {
  const differences = readings.flatMap(({ ids, logProbs }, p) =>
    ids.map((id, k) => {
      const at = others[p]!.ids.indexOf(id);
      return at < 0 ? 0 : Math.abs(logProbs[k]! - others[p]!.logProbs[at]!);
    }),
  );
  return differences.reduce((max, x) => Math.max(max, x), 0);
}

/**
 * Whether padding leaves a row unchanged: the difference between a padded row alone and among others is no larger than
 * for an unpadded row, which differs only by rounding.
 */
function isHarmless(plain: StoredGraph, observed: Observed, unpadded: number, padded: number): boolean {
  return padded <= Math.max(OTHER_BATCH, getTolerance(plain, observed), 4 * unpadded);
}

/** Makes rows of the given lengths, with ids from the entire vocabulary except padding. */
function makeRows(
  { vocabSize, padTokenId }: ExportConfig,
  lengths: readonly number[],
  seed: number,
): number[][] {
  let state = seed;
  const id = (): number => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const next = Math.floor((state / 2 ** 32) * vocabSize);
    return next === padTokenId ? id() : next;
  };
  return lengths.map((length) => Array.from({ length }, id));
}
