import os from "node:os";
import type { ChosenDevice } from "../models/devices/index.js";
import type { LoadEvent, Loaded } from "./model.js";
import { pooled } from "./pool.js";

/** How one session of several is loaded. */
export interface Place extends ChosenDevice {
  /** undefined for ONNX Runtime's own choice */
  readonly threads?: number;
  /** sessions on the CPU that memory must do for, this one and later ones; 0 where an earlier one has told of it */
  readonly cpuSessions: number;
  readonly onProgress: (event: LoadEvent) => void;
}

/**
 * Loads a model on each of its devices and makes one scorer of them. One after the other: what the first has converted
 * the next ones use, and only one at a time holds weights on their way to a device.
 * @param options.threads of each session on the CPU; where several share it, an equal part of its cores unless given
 * @param options.onStopped told in a sentence of a device that stops while others go on
 */
export async function loadOnAll(
  devices: readonly ChosenDevice[],
  options: {
    readonly threads?: number;
    readonly onProgress: (event: LoadEvent) => void;
    readonly onStopped: (note: string) => void;
  },
  load: (place: Place) => Promise<Loaded>,
): Promise<Loaded> {
  const { threads, onProgress, onStopped } = options;
  const onCpu = devices.filter(({ device }) => device === "cpu").length;
  const each =
    threads ?? (onCpu > 1 ? Math.max(1, Math.floor(os.availableParallelism() / onCpu)) : undefined);
  const isFirstCpu = (k: number) => k === devices.findIndex(({ device }) => device === "cpu");
  const all: Loaded[] = [];
  try {
    for (const [k, chosen] of devices.entries()) {
      const { device } = chosen;
      const tell = (event: LoadEvent) => onProgress(event.stage === "load" ? { ...event, device } : event);
      all.push(
        await load({
          ...chosen,
          ...(each !== undefined && { threads: each }),
          cpuSessions: isFirstCpu(k) ? onCpu : 0,
          onProgress: devices.length > 1 ? tell : onProgress,
        }),
      );
    }
  } catch (error) {
    await Promise.all(all.map(({ scorer }) => scorer.close()));
    throw error;
  }
  const [first, ...others] = all;
  if (others.length === 0) return first!;
  const { device, attention, ...facts } = first!.facts;
  return {
    scorer: pooled(
      all.map(({ scorer }) => scorer),
      onStopped,
    ),
    facts: {
      ...facts,
      devices: all.map(({ facts: of }) => ({
        name: of.device!,
        ...(of.attention !== undefined && { attention: of.attention }),
      })),
    },
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
  };
}
