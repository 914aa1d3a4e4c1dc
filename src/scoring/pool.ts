import { SessionEnded } from "../models/onnx/index.js";
import type { Engine } from "./engine.js";
import type { PreparedQuestion } from "./reader.js";

interface Lane<P extends PreparedQuestion> {
  readonly engine: Engine<P>;
  /** batches that it has not answered yet */
  inFlight: number;
}

/**
 * One engine of several for the same model, each on a device of its own. A batch goes to the one with the fewest batches
 * in flight, so whoever keeps two batches in flight for each of `lanes` keeps all of them at work, fast ones and slow
 * ones. Where a device stops, its batches go to the others; with the last one, `score` fails as that one does.
 * @param engines one or more
 * @param onStopped told in a sentence of each device that stops while others go on
 */
export function pooled<P extends PreparedQuestion>(
  engines: readonly Engine<P>[],
  onStopped: (note: string) => void = () => undefined,
): Engine<P> {
  const one = engines[0]!;
  let lanes: Lane<P>[] = engines.map((engine) => ({ engine, inFlight: 0 }));
  let last: SessionEnded | undefined;
  let isClosed = false;

  const drop = (lane: Lane<P>, ended: SessionEnded): void => {
    // All that a device had in flight fails when it stops, and later batches find it gone.
    if (!lanes.includes(lane)) return;
    lanes = lanes.filter((other) => other !== lane);
    last = ended;
    if (lanes.length > 0)
      onStopped(
        `${ended.device} stopped: ${ended.how}; ${lanes.length > 1 ? "the others go on" : "the other goes on"}`,
      );
  };

  return {
    packs: one.packs,
    get lanes() {
      // Where none is left, one batch has to be asked to hear of it.
      return Math.max(1, lanes.length);
    },
    attentionWidth: one.attentionWidth,
    get work() {
      const sum = (of: "tokens" | "padding") => engines.reduce((all, { work }) => all + work[of], 0);
      return { tokens: sum("tokens"), padding: sum("padding") };
    },
    length: (question) => one.length(question),
    async score(rows, options) {
      for (;;) {
        const lane = leastBusy(lanes);
        if (lane === undefined) throw last!;
        lane.inFlight++;
        try {
          return await lane.engine.score(rows, options);
        } catch (error) {
          // Sessions also end when they are closed with batches in flight.
          if (!(error instanceof SessionEnded) || isClosed) throw error;
          drop(lane, error);
        } finally {
          lane.inFlight--;
        }
      }
    },
    async close() {
      isClosed = true;
      const all = await Promise.allSettled(engines.map((engine) => engine.close()));
      for (const closed of all) if (closed.status === "rejected") throw closed.reason;
    },
  };
}

function leastBusy<P extends PreparedQuestion>(lanes: readonly Lane<P>[]): Lane<P> | undefined {
  const [first, ...others] = lanes;
  return first && others.reduce((best, lane) => (lane.inFlight < best.inFlight ? lane : best), first);
}
