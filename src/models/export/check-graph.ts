import { GlmEvalError } from "../../errors.js";
import type { Session } from "../onnx/index.js";
import type { StoredGraph } from "./edited-graph-store.js";
import type { ExportConfig } from "./export-config.js";
import { type Observed, observeEdited, type Probe, runEncoder } from "./observe-graph.js";
import { getTolerance, makeContexts, makeDecoderPass, makeTails, type Survey } from "./survey-graph.js";

export interface CheckOptions {
  readonly config: ExportConfig;
  readonly edited: StoredGraph;
  readonly session: Session;
  readonly encoder?: { readonly graph: StoredGraph; readonly session: Session } | undefined;
  /** the results of the exporter's own graph */
  readonly survey: Survey;
  /** the exporter's file, for messages */
  readonly file: string;
}

/**
 * Checks that an edited graph gives the same log-probabilities as the exporter's own.
 * @returns the largest difference of a log-probability
 * @throws GlmEvalError (model) if they differ by more than rounding
 */
export async function checkGraph(options: CheckOptions): Promise<{ readonly difference: number }> {
  const { config, encoder } = options;
  const { first, second } = options.survey;
  if (encoder) {
    const hidden = await runEncoder(encoder.session, encoder.graph.facts, config, makeContexts(config));
    const { difference } = await compare(options, makeDecoderPass(config, hidden), first);
    return { difference };
  }
  const start = await compare(options, makeContexts(config), first);
  if (!second || !("past_rows" in options.edited.facts.inputs)) return { difference: start.difference };
  const continued = await compare(options, makeTails(config, start.outputs), second);
  return { difference: Math.max(start.difference, continued.difference) };
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
  const tolerance = getTolerance(edited, plain);
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
  // Not "greater than", because a NaN must not count as agreement.
  if (difference <= tolerance && isArgMax) return { difference, outputs };
  throw new GlmEvalError(
    "export-wrong",
    `${file}: with the target head, the graph gives different log-probabilities than the original: ` +
      `they differ by ${difference.toPrecision(3)}, expected at most ${tolerance.toPrecision(3)}`,
    {
      hint: "This kind of export is not handled correctly. Try another dtype or another export of the model.",
    },
  );
}
