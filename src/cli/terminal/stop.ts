import { INTERRUPTED } from "./exit.js";
import type { Progress } from "./progress.js";

export interface Stop {
  /** whether Ctrl-C was pressed */
  readonly signal: AbortSignal;
  /** marks that there are results to keep: from now on, Ctrl-C stops after the batches in flight */
  keepResults(): void;
  release(): void;
}

/**
 * Ctrl-C stops immediately while there is nothing to keep (the first model is loading), later after the batches in flight. A
 * second Ctrl-C stops immediately.
 */
export function stopOnCtrlC(progress: Progress, cleanUp: () => Promise<void>): Stop {
  const controller = new AbortController();
  let isImmediate = true;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    progress.say(
      isImmediate
        ? "interrupted while loading the model: nothing was scored"
        : "stopping after the batches in flight (press Ctrl-C again to stop immediately)",
    );
    if (isImmediate) void cleanUp().finally(() => process.exit(INTERRUPTED));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    keepResults() {
      isImmediate = false;
    },
    release: () => void process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
}
