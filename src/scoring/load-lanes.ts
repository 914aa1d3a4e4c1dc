import os from "node:os";
import type { ChosenDevice } from "../models/devices/index.js";
import type { LoadEvent, LoadedEngine } from "./model.js";
import type { ModelOptions } from "./model-options.js";
import { pooled } from "./pool.js";

/** How one session of several is loaded. */
export interface LaneOptions extends ChosenDevice {
  /** undefined for ONNX Runtime's own choice */
  readonly threads: number | undefined;
  /** sessions on the CPU that memory must do for, this one and later ones; 0 where an earlier one has told of it */
  readonly cpuSessions: number;
  readonly onProgress: (event: LoadEvent) => void;
}

/**
 * Loads a model on each of its devices and makes one engine of them. One after the other: what the first has converted
 * the next ones use, and only one at a time holds weights on their way to a device.
 * @param options.threads of each session on the CPU; where several share it, an equal part of its cores unless given
 * @param options.onStopped told in a sentence of a device that stops while others go on
 */
export async function loadLanes(
  devices: readonly ChosenDevice[],
  {
    threads,
    onProgress = () => undefined,
    onStopped,
  }: Pick<ModelOptions, "threads" | "onProgress" | "onStopped">,
  load: (lane: LaneOptions) => Promise<LoadedEngine>,
): Promise<LoadedEngine> {
  const onCpu = devices.filter(({ device }) => device === "cpu").length;
  const each =
    threads ?? (onCpu > 1 ? Math.max(1, Math.floor(os.availableParallelism() / onCpu)) : undefined);
  const isFirstCpu = (k: number) => k === devices.findIndex(({ device }) => device === "cpu");
  const all: LoadedEngine[] = [];
  try {
    for (const [k, chosen] of devices.entries()) {
      const { device } = chosen;
      const tell = (event: LoadEvent) => onProgress(event.stage === "load" ? { ...event, device } : event);
      all.push(
        await load({
          ...chosen,
          threads: each,
          cpuSessions: isFirstCpu(k) ? onCpu : 0,
          onProgress: devices.length > 1 ? tell : onProgress,
        }),
      );
    }
  } catch (error) {
    await Promise.all(all.map(({ engine }) => engine.close()));
    throw error;
  }
  const [first, ...others] = all;
  if (others.length === 0) return first!;
  const { device, attention, ...facts } = first!.facts;
  const engines = all.map(({ engine }) => engine);
  return {
    engine: pooled(engines, onStopped),
    facts: {
      ...facts,
      devices: all.map(({ facts: of }) => ({ name: of.device!, attention: of.attention })),
    },
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
  };
}
