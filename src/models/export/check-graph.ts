import { GlmEvalError } from "../../errors.js";
import type { Session } from "../onnx/index.js";
import type { StoredGraph } from "./edited-graph-store.js";
import type { ExportConfig } from "./export-config.js";
import { encode, type Observed, observeEdited, type Probe } from "./observe-graph.js";
import { contextsOf, decoderPass, type Survey, sameTolerance, tailsOf } from "./survey-graph.js";

export interface CheckOptions {
  readonly config: ExportConfig;
  readonly edited: StoredGraph;
  readonly session: Session;
  readonly encoder?: { readonly graph: StoredGraph; readonly session: Session } | undefined;
  /** what the exporter's own graph gave */
  readonly survey: Survey;
  /** the exporter's file, for messages */
  readonly file: string;
}

/**
 * Checks that an edited graph gives the log-probabilities of the exporter's own.
 * @returns the greatest difference of a log-probability
 * @throws GlmEvalError (model) where they differ by more than rounding
 */
export async function checkGraph(options: CheckOptions): Promise<{ readonly difference: number }> {
  const { config, encoder } = options;
  const { first, second } = options.survey;
  if (encoder) {
    const hidden = await encode(encoder.session, encoder.graph.facts, config, contextsOf(config));
    const { difference } = await compare(options, decoderPass(config, hidden), first);
    return { difference };
  }
  const beginning = await compare(options, contextsOf(config), first);
  if (!second || !("past_rows" in options.edited.facts.inputs)) return { difference: beginning.difference };
  const continued = await compare(options, tailsOf(config, beginning.outputs), second);
  return { difference: Math.max(beginning.difference, continued.difference) };
}

async function compare(
  { edited, session, config, file }: CheckOptions,
  pass: Probe,
  plain: Observed,
): Promise<{ difference: number; outputs: Awaited<ReturnType<typeof observeEdited>>["outputs"] }> {
  const { logProbs, isGreedy, outputs } = await observeEdited(
    session,
    edited.facts,
    config,
    pass,
    plain.places,
  );
  const tolerance = sameTolerance(edited, plain);
  let difference = 0;
  let isArgMax = true;
  plain.places.forEach((reading, p) => {
    reading.logProbs.forEach((value, k) => {
      difference = Math.max(difference, Math.abs(value - logProbs[p]![k]!));
      const gap = reading.below[k]!;
      const isClose = gap === 0 ? reading.margin <= tolerance : gap <= tolerance;
      isArgMax &&= isClose || isGreedy[p]![k] === (gap === 0);
    });
  });
  // Not "greater than": a NaN is no agreement.
  if (difference <= tolerance && isArgMax) return { difference, outputs };
  throw new GlmEvalError(
    "export-wrong",
    `${file}: with the head for targets the graph gives other log-probabilities than by itself: ` +
      `${difference.toPrecision(3)} apart, expected at most ${tolerance.toPrecision(3)}`,
    {
      hint: "This kind of export is not read rightly here; another dtype or another export of the model may be.",
    },
  );
}
