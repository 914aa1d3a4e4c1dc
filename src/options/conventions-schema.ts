import { z } from "zod";
import { flag, option } from "./option.js";

const group = "Scoring";

/** The conventions that affect results. Each defaults to the protocol's. */
export const conventionOptions = z.object({
  protocol: option(z.enum(["glm", "glm-hf"]).default("glm"), {
    help: "published conventions: glm: the original repository's; glm-hf: the hub code's",
    group,
  }),
  truncation: option(z.enum(["glm", "longest"]).optional(), {
    help: "what is truncated first: glm: the reference code's rule; longest: the longest part; default: the protocol's",
    group,
  }),
  endOfPiece: option(z.enum(["auto", "yes", "no"]).optional(), {
    help: "score <|endofpiece|> as the last token of an answer; default: the protocol's",
    group,
  }),
  normalization: option(
    z
      .enum(["auto", "sum", "none", "mean", "tokens", "chars", "bytes"])
      .transform((value) => (value === "none" ? "sum" : value))
      .optional(),
    {
      help: "divisor of an answer's summed log-probability; none and sum: no division; default: the protocol's",
      group,
    },
  ),
  aggregate: option(z.enum(["auto", "max", "mean", "sum"]).optional(), {
    help: "how the scores of a label's words are combined; default: the task's, else mean",
    group,
  }),
  calibration: option(z.enum(["none", "contextual", "pmi"]).optional(), {
    help:
      "correct for answers that are likely in any context: contextual: by content-free inputs; pmi: by the pattern's " +
      "premise; default: none",
    group,
  }),
});

/** How log-probabilities become scores: options with which a finished run can be judged again, without its model. */
export const scoringOptions = conventionOptions.pick({
  endOfPiece: true,
  normalization: true,
  aggregate: true,
  calibration: true,
});

export const cache = option(z.boolean().default(true), {
  help: "reuse this model's scores from earlier runs; --no-cache scores everything again",
  group,
});

export const common = flag({
  help: "compare only the examples that all runs share",
  group,
});

const { shape } = conventionOptions;

/** Every convention that affects results, as recorded with a run. */
export const conventionsSchema = z.object({
  protocol: shape.protocol.unwrap(),
  truncation: shape.truncation.unwrap(),
  endOfPiece: shape.endOfPiece.unwrap(),
  normalization: shape.normalization.unwrap(),
  aggregate: shape.aggregate.unwrap(),
  calibration: shape.calibration.unwrap(),
});

/** Every convention that affects results, with the names and values of the flags (docs/protocols.md). */
export type Conventions = Readonly<z.output<typeof conventionsSchema>>;

/** Published scoring conventions. "glm": the original repository's; "glm-hf": those of the model code on the hub. */
export type Protocol = Conventions["protocol"];

export type ScoringOptions = z.output<typeof scoringOptions>;

/** The conventions of each protocol. */
export const PROTOCOLS: Readonly<Record<Protocol, Conventions>> = {
  glm: {
    protocol: "glm",
    truncation: "glm",
    endOfPiece: "auto",
    normalization: "auto",
    aggregate: "auto",
    calibration: "none",
  },
  "glm-hf": {
    protocol: "glm-hf",
    truncation: "longest",
    endOfPiece: "no",
    normalization: "sum",
    aggregate: "auto",
    calibration: "none",
  },
};

/**
 * Resolves conventions: the protocol's, overridden by those that are given.
 *
 * @example
 * const conventions = resolveConventions({ protocol: "glm-hf", normalization: "mean" });
 * console.log(conventions.protocol, conventions.normalization); // glm-hf mean
 */
export function resolveConventions(
  given: {
    readonly [K in keyof Conventions]?: Conventions[K] | undefined;
  },
): Conventions {
  const base = PROTOCOLS[given.protocol ?? "glm"];
  return {
    protocol: base.protocol,
    truncation: given.truncation ?? base.truncation,
    endOfPiece: given.endOfPiece ?? base.endOfPiece,
    normalization: given.normalization ?? base.normalization,
    aggregate: given.aggregate ?? base.aggregate,
    calibration: given.calibration ?? base.calibration,
  };
}
