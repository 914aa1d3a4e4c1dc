import { SessionEnded } from "../models/onnx/index.js";
import type { Engine } from "./engine.js";
import type { PreparedQuestion } from "./reader.js";

interface Lane<P extends PreparedQuestion> {
  readonly engine: Engine<P>;
  /** batches that it has not completed yet */
  inFlight: number;
}

/**
 * Combines several engines for the same model, each on its own device, into one. A batch goes to the engine with the fewest
 * batches in flight, so a caller that keeps two batches in flight per lane keeps all of them busy, fast and slow. If a
 * device stops, its batches go to the others; when the last one stops, `score` fails with its error.
 * @param engines one or more
 * @param onStopped called with a sentence for each device that stops while others continue
 */
export function poolEngines<P extends PreparedQuestion>(
  engines: readonly Engine<P>[],
  onStopped: (note: string) => void = () => undefined,
): Engine<P> {
  const one = engines[0]!;
  let lanes: Lane<P>[] = engines.map((engine) => ({ engine, inFlight: 0 }));
  let last: SessionEnded | undefined;
  let isClosed = false;

  const drop = (lane: Lane<P>, ended: SessionEnded): void => {
    // All batches in flight on a device fail when it stops; the first failure removes it.
    if (!lanes.includes(lane)) return;
    lanes = lanes.filter((other) => other !== lane);
    last = ended;
    if (lanes.length > 0)
      onStopped(
        `${ended.device} stopped: ${ended.how}; ${lanes.length > 1 ? "the others continue" : "the other continues"}`,
      );
  };

  return {
    packs: one.packs,
    get lanes() {
      // If none is left, a batch must still be submitted to report the failure.
      return Math.max(1, lanes.length);
    },
    attentionWidth: one.attentionWidth,
    get work() {
      const sum = (key: "tokens" | "padding") => engines.reduce((all, { work }) => all + work[key], 0);
      return { tokens: sum("tokens"), padding: sum("padding") };
    },
    length: (question) => one.length(question),
    async score(rows, options) {
      for (;;) {
        const lane = findLeastBusy(lanes);
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

function findLeastBusy<P extends PreparedQuestion>(lanes: readonly Lane<P>[]): Lane<P> | undefined {
  const [first, ...others] = lanes;
  return first && others.reduce((best, lane) => (lane.inFlight < best.inFlight ? lane : best), first);
}
