import os from "node:os";
import type { ChosenDevice } from "../models/devices/index.js";
import type { LoadEvent, LoadedEngine } from "./model.js";
import type { ModelOptions } from "./model-options.js";
import { poolEngines } from "./pool.js";

/** Options for loading one of several sessions. */
export interface LaneOptions extends ChosenDevice {
  /** default: ONNX Runtime's choice */
  readonly threads: number | undefined;
  /**
   * number of CPU sessions that memory must suffice for, this one and later ones; 0 if an earlier one has reported it
   */
  readonly cpuSessions: number;
  readonly onProgress: (event: LoadEvent) => void;
}

/**
 * Loads a model on each of its devices and combines them into one engine. They are loaded one after the other: later
 * ones use what the first one converted, and only one at a time holds weights on their way to a device.
 * @param options.threads threads of each CPU session; default: an equal share of the cores if several sessions share the
 *   CPU
 * @param options.onStopped called with a sentence about a device that stops while others continue
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
      const addDevice = (event: LoadEvent) =>
        onProgress(event.stage === "load" ? { ...event, device } : event);
      all.push(
        await load({
          ...chosen,
          threads: each,
          cpuSessions: isFirstCpu(k) ? onCpu : 0,
          onProgress: devices.length > 1 ? addDevice : onProgress,
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
    engine: poolEngines(engines, onStopped),
    facts: {
      ...facts,
      devices: all.map(({ facts: own }) => ({ name: own.device!, attention: own.attention })),
    },
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
  };
}
