import { INTERRUPTED } from "./exit.js";
import type { Progress } from "./progress.js";

export interface Stop {
  /** whether Ctrl-C was pressed */
  readonly signal: AbortSignal;
  /** From now on there is something to keep: Ctrl-C stops after the batches in flight. */
  keep(): void;
  release(): void;
}

/**
 * Ctrl-C stops at once while there is nothing to keep (the first model is loaded); then after the batches in flight; and
 * a second time at once.
 */
export function stopOnCtrlC(progress: Progress, cleanUp: () => Promise<void>): Stop {
  const controller = new AbortController();
  let atOnce = true;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    progress.say(
      atOnce
        ? "interrupted while the model was loading: nothing was scored"
        : "stopping after the batches in flight (Ctrl-C again: at once)",
    );
    if (atOnce) void cleanUp().finally(() => process.exit(INTERRUPTED));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    keep() {
      atOnce = false;
    },
    release: () => void process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
}
