import { GlmEvalError } from "../../errors.js";
import { openSession, type Session, type SessionOptions } from "../onnx/index.js";
import type { StoredGraph } from "./edited-graph-store.js";
import type { ExportConfig } from "./export-config.js";
import { encode, type Observed, observePlain, type Probe, type TokenReading } from "./observe-graph.js";
import { isPast } from "./past-inputs.js";

/** What was found out about an exporter's graph: properties of the model, and numbers that every edit must give. */
export interface Survey {
  /** whether a row's log-probabilities stay the same beside longer rows, padded (of a causal model: in the past) */
  readonly padsContexts: boolean;
  /** whether rows can continue an earlier pass, several at once; false for what is not causal */
  readonly continues: boolean;
  readonly first: Observed;
  /** what continues the first pass, where that is possible */
  readonly second?: Observed;
}

/** Differences in float32 that come from another order of sums. */
const SAME = 1e-4;
/** The same where rows have other company: other shapes, and padding by large negative numbers. */
const COMPANY = 1e-3;
/** float16 rounds to 2^-11 of a number; a few roundings one after another. */
const HALF = 2 ** -8;
/** A scale shared by all rows rounds each row by its neighbours. */
const SHARED_SCALE = 0.5;

/** How far log-probabilities of the same rows may be apart because of rounding. */
export function sameTolerance({ facts }: StoredGraph, { scale }: Observed): number {
  return SAME + (facts.hasHalves ? HALF * scale : 0);
}

export interface SurveyOptions {
  readonly config: ExportConfig;
  readonly plain: StoredGraph;
  readonly session: SessionOptions;
  /** of a seq2seq model, whose decoder is surveyed */
  readonly encoder?: { readonly graph: StoredGraph; readonly session: Session } | undefined;
}

/**
 * Runs the exporter's own graph on a few tokens. It is the only place where full logits exist.
 * @throws GlmEvalError (model) where it cannot be run
 */
export async function survey(options: SurveyOptions): Promise<Survey> {
  const { plain, config, encoder } = options;
  const session = await openSession(plain.model, options.session);
  const observe = (pass: Probe) => observePlain(session, plain.facts, config, pass);
  try {
    if (encoder) return await surveyDecoder(options, encoder, observe);
    const contexts = contextsOf(config);
    const first = await observe(contexts);
    if (Object.keys(plain.facts.inputs).some(isPast)) {
      const continued = await surveyPast(options, observe, first).catch((error: unknown) => {
        // Some attention operators continue one row at a time only.
        if (error instanceof GlmEvalError) return undefined;
        throw error;
      });
      if (continued) return { ...continued, continues: true, first: first.observed };
    }
    const alone = async (row: number) =>
      apart(await observe({ rows: [contexts.rows[row]!] }), 0, first.observed, row);
    const padsContexts = isHarmless(plain, first.observed, await alone(0), await alone(1));
    return { padsContexts, continues: false, first: first.observed };
  } finally {
    await session.close();
  }
}

type Observation = Awaited<ReturnType<typeof observePlain>>;
type Observe = (pass: Probe) => Promise<Observation>;

/** @returns undefined where what continues a pass is not what the whole text would be */
async function surveyPast(
  { config, plain }: SurveyOptions,
  observe: Observe,
  first: Observation,
): Promise<{ readonly padsContexts: boolean; readonly second: Observed } | undefined> {
  const contexts = contextsOf(config);
  const tolerance = plain.facts.sharesScale
    ? SHARED_SCALE
    : Math.max(COMPANY, sameTolerance(plain, first.observed));
  if ("use_cache_branch" in plain.facts.inputs) {
    // A merged decoder's branch for a past is the one that is kept: it must also do where the past is empty.
    const { observed } = await observe({ ...contexts, branch: "past" });
    if (!(greatest(first.observed.places, observed.places) <= tolerance)) return undefined;
  }
  const tails = tailsOf(config, first.outputs);
  const { observed: second } = await observe(tails);
  const alone = async (row: number) => {
    const context = contexts.rows[tails.past!.rows[row]!]!;
    return apart(await observe({ rows: [[...context, ...tails.rows[row]!]] }), context.length, second, row);
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
  const texts = contextsOf(config);
  const pass = decoderPass(config, await encode(session, graph.facts, config, texts));
  const { observed: first } = await observe(pass);
  const alone = async (row: number) => {
    const of: Probe = { rows: [texts.rows[pass.encoder!.rows[row]!]!] };
    const encoder = { rows: [0], of, hidden: await encode(session, graph.facts, config, of) };
    return apart(await observe({ rows: [pass.rows[row]!], encoder }), 0, first, row);
  };
  return { padsContexts: isHarmless(plain, first, await alone(0), await alone(2)), continues: false, first };
}

/** Texts of different length, padded to the first. */
export function contextsOf(config: ExportConfig): Probe {
  return { rows: rowsOf(config, [8, 3, 6], 1) };
}

/** Rows that continue the first text, the first and the second, whose padding then stands in between. */
export function tailsOf(config: ExportConfig, presents: NonNullable<Probe["past"]>["presents"]): Probe {
  return { rows: rowsOf(config, [4, 2, 3], 2), past: { rows: [0, 0, 1], of: contextsOf(config), presents } };
}

/** Rows of a decoder that read the first text, the first, the second and the third. */
export function decoderPass(config: ExportConfig, hidden: NonNullable<Probe["encoder"]>["hidden"]): Probe {
  const rows = rowsOf(config, [5, 2, 4, 3], 2);
  return { rows, encoder: { rows: [0, 0, 1, 2], of: contextsOf(config), hidden } };
}

/** Texts as long as questions are, of different length; shorter only where the model reads no longer ones. */
export function longRows(config: ExportConfig): number[][] {
  const lengths = [72, 40].map((length) => Math.min(length, config.maxLength ?? length));
  return rowsOf(config, lengths, 3);
}

/** How far what a row gives alone is from what it gave among others. */
function apart({ observed }: Observation, from: number, among: Observed, row: number): number {
  return greatest(
    among.places.filter((reading) => reading.row === row),
    observed.places.slice(from),
  );
}

/** The greatest difference of the log-probabilities of ids that both know. */
function greatest(readings: readonly TokenReading[], others: readonly TokenReading[]): number {
  const differences = readings.flatMap(({ ids, logProbs }, p) =>
    ids.map((id, k) => {
      const at = others[p]!.ids.indexOf(id);
      return at < 0 ? 0 : Math.abs(logProbs[k]! - others[p]!.logProbs[at]!);
    }),
  );
  return differences.reduce((max, x) => Math.max(max, x), 0);
}

/**
 * Whether padding leaves a row as it is: a padded row alone differs from itself among others by no more than an
 * unpadded one does, which differs by rounding.
 */
function isHarmless(plain: StoredGraph, observed: Observed, unpadded: number, padded: number): boolean {
  return padded <= Math.max(COMPANY, sameTolerance(plain, observed), 4 * unpadded);
}

/** Rows of the given lengths, of ids from all over the vocabulary, none of them padding. */
function rowsOf(
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
