import { z } from "zod";
import { flag, option } from "./option.js";

const group = "Scoring";

/** The conventions that move a number. Each is the protocol's unless given. */
export const conventionOptions = z.object({
  protocol: option(z.enum(["glm", "glm-hf"]).default("glm"), {
    help: "published conventions: the original repository's, or the hub code's",
    group,
  }),
  truncation: option(z.enum(["glm", "longest"]).optional(), {
    help: "what is cut first: the reference's rule, or the longest part; the protocol's",
    group,
  }),
  endOfPiece: option(z.enum(["auto", "yes", "no"]).optional(), {
    help: "count <|endofpiece|> as an answer's last token; the protocol's",
    group,
  }),
  normalization: option(
    z
      .enum(["auto", "sum", "none", "mean", "tokens", "chars", "bytes"])
      .transform((value) => (value === "none" ? "sum" : value))
      .optional(),
    {
      help: "by what an answer's summed log-probability is divided; none and sum: by nothing; the protocol's",
      group,
    },
  ),
  aggregate: option(z.enum(["auto", "max", "mean", "sum"]).optional(), {
    help: "of the scores of a label's words; the task's, else mean",
    group,
  }),
  calibration: option(z.enum(["none", "contextual", "pmi"]).optional(), {
    help:
      "against answers that are likely whatever is asked: contextual: by inputs without content; pmi: by the pattern's " +
      "premise; none unless given",
    group,
  }),
});

/** How scores are made of log-probabilities: what a finished run can be judged by again, without its model. */
export const scoringOptions = conventionOptions.pick({
  endOfPiece: true,
  normalization: true,
  aggregate: true,
  calibration: true,
});

export const cache = option(z.boolean().default(true), {
  help: "ask only what no earlier run asked this model; --no-cache asks everything anew",
  group,
});

export const common = flag({
  help: "compare the examples that all the runs have, where each has others too",
  group,
});

const { shape } = conventionOptions;

/** Every convention that moves a number, as it is recorded with a run. */
export const conventionsSchema = z.object({
  protocol: shape.protocol.unwrap(),
  truncation: shape.truncation.unwrap(),
  endOfPiece: shape.endOfPiece.unwrap(),
  normalization: shape.normalization.unwrap(),
  aggregate: shape.aggregate.unwrap(),
  calibration: shape.calibration.unwrap(),
});

/** Every convention that moves a number, by the names and values of the flags (docs/protocols.md). */
export type Conventions = Readonly<z.output<typeof conventionsSchema>>;

/** Published ways of scoring, by name. "glm": the original repository's; "glm-hf": the hub's model code. */
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
 * The conventions that are asked for: the protocol's, and what is set by itself.
 *
 * @example
 * const conventions = conventionsOf({ protocol: "glm-hf", normalization: "mean" });
 * console.log(conventions.protocol, conventions.normalization); // glm-hf mean
 */
export function conventionsOf(
  asked: {
    readonly [K in keyof Conventions]?: Conventions[K] | undefined;
  },
): Conventions {
  const base = PROTOCOLS[asked.protocol ?? "glm"];
  return {
    protocol: base.protocol,
    truncation: asked.truncation ?? base.truncation,
    endOfPiece: asked.endOfPiece ?? base.endOfPiece,
    normalization: asked.normalization ?? base.normalization,
    aggregate: asked.aggregate ?? base.aggregate,
    calibration: asked.calibration ?? base.calibration,
  };
}
