import { GlmEvalError } from "../../errors.js";
import type { Device, Session } from "../onnx/index.js";
import type { StoredGraph } from "./edited-graph-store.js";
import type { ExportConfig } from "./export-config.js";
import { observeEdited, type Probe, runEncoder, type TokenReading } from "./observe-graph.js";
import { makeLongRows } from "./survey-graph.js";

/** The open sessions of an edited graph and of its encoder, if it has one. */
export interface OpenSessions {
  readonly session: Session;
  readonly encoder?: Session | undefined;
}

export interface LongCheck {
  readonly config: ExportConfig;
  readonly edited: StoredGraph;
  /** for a seq2seq model */
  readonly encoder?: StoredGraph | undefined;
}

/** Log-probabilities by target and id; null for NaN and infinities, as in JSON. */
export type LongNumbers = readonly (readonly (number | null)[])[];

/** Every STEP-th token is compared. */
const STEP = 3;
/** Tolerances for different kernels, summation orders, and halves rounded at different places. */
const SAME = 1e-3;
const SAME_HALVES = 0.1;

/**
 * Observes log-probabilities after texts longer than those of the survey: one GPU's attention kernels were correct on
 * short texts and wrong from about 32 tokens.
 */
export async function observeLongTexts(check: LongCheck, sessions: OpenSessions): Promise<LongNumbers> {
  const { config, edited, encoder } = check;
  const rows = makeLongRows(config);
  const texts: Probe = { rows };
  const pass: Probe =
    encoder && sessions.encoder
      ? {
          rows,
          encoder: {
            rows: rows.map((_, row) => row),
            of: texts,
            hidden: await runEncoder(sessions.encoder, encoder.facts, config, texts),
          },
        }
      : texts;
  const readings = rows.flatMap((ids, row) =>
    ids.flatMap((id, token): TokenReading[] => {
      const requested = [...new Set([id, 0, config.vocabSize >> 1])];
      return token % STEP > 0 ? [] : [{ row, token, ids: requested, logProbs: [], below: [], margin: 0 }];
    }),
  );
  const { logProbs } = await observeEdited(sessions.session, edited.facts, config, pass, readings);
  return logProbs.map((list) => list.map((value) => (Number.isFinite(value) ? value : null)));
}

/** @throws GlmEvalError (model) if a device's results differ from the CPU's */
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
  const deviation = Number.isFinite(worst)
    ? `they differ by ${worst.toPrecision(2)}`
    : "some are not numbers";
  throw new GlmEvalError(
    "device-wrong",
    `${file}: ${device} gives different log-probabilities than the CPU: ${deviation}, expected at most ${tolerance}`,
    { hint: "Use --device cpu, or try another export of the model, which may also work on the GPU." },
  );
}
