import { GlmEvalError } from "../../errors.js";
import type { Device, Session } from "../onnx/index.js";
import type { StoredGraph } from "./edited-graph-store.js";
import type { ExportConfig } from "./export-config.js";
import { encode, observeEdited, type Probe, type TokenReading } from "./observe-graph.js";
import { longRows } from "./survey-graph.js";

/** An edited graph where it runs, with its encoder where it has one. */
export interface Running {
  readonly session: Session;
  readonly encoder?: Session | undefined;
}

export interface LongCheck {
  readonly config: ExportConfig;
  readonly edited: StoredGraph;
  /** of a seq2seq model */
  readonly encoder?: StoredGraph | undefined;
}

/** Log-probabilities by target and id; null for what is no number, as JSON has it. */
export type LongNumbers = readonly (readonly (number | null)[])[];

/** Every so many tokens are looked at. */
const STEP = 3;
/** Other kernels, other orders of sums, and halves rounded at other places. */
const SAME = 1e-3;
const SAME_HALVES = 0.1;

/**
 * Log-probabilities after texts longer than those of the survey: a GPU's kernels for attention were right on short
 * texts and wrong from some 32 tokens on.
 */
export async function longNumbers(check: LongCheck, running: Running): Promise<LongNumbers> {
  const { config, edited, encoder } = check;
  const rows = longRows(config);
  const texts: Probe = { rows };
  const pass: Probe =
    encoder && running.encoder
      ? {
          rows,
          encoder: {
            rows: rows.map((_, row) => row),
            of: texts,
            hidden: await encode(running.encoder, encoder.facts, config, texts),
          },
        }
      : texts;
  const readings = rows.flatMap((ids, row) =>
    ids.flatMap((id, token): TokenReading[] => {
      const asked = [...new Set([id, 0, config.vocabSize >> 1])];
      return token % STEP > 0 ? [] : [{ row, token, ids: asked, logProbs: [], below: [], margin: 0 }];
    }),
  );
  const { logProbs } = await observeEdited(running.session, edited.facts, config, pass, readings);
  return logProbs.map((list) => list.map((value) => (Number.isFinite(value) ? value : null)));
}

/** @throws GlmEvalError (model) where a device gives other numbers than the CPU */
export function compareWithCpu(
  expected: LongNumbers,
  found: LongNumbers,
  { device, edited, file }: { readonly device: Device; readonly edited: StoredGraph; readonly file: string },
): void {
  const tolerance = edited.facts.hasHalves ? SAME_HALVES : SAME;
  let worst = 0;
  expected.forEach((list, p) => {
    list.forEach((value, k) => {
      if (value === null) return;
      worst = Math.max(worst, Math.abs(value - (found[p]![k] ?? Number.POSITIVE_INFINITY)));
    });
  });
  if (worst <= tolerance) return;
  const apart = Number.isFinite(worst) ? `${worst.toPrecision(2)} apart` : "or none at all";
  throw new GlmEvalError(
    "device-wrong",
    `${file}: ${device} gives other log-probabilities than the CPU: ${apart}, expected at most ${tolerance}`,
    { hint: "--device cpu is right; another export of the model may be right on the GPU too." },
  );
}
