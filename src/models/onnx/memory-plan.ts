import { GlmEvalError } from "../../errors.js";
import type { Device } from "./device.js";

/**
 * Whether weights stay pages of their file, which the system reads when they are needed and drops when memory is short
 * (llama.cpp's word), or are loaded. "auto": where the model would not fit otherwise.
 */
export type Mmap = "auto" | "yes" | "no";

/** From this many bytes on it is said what a model needs. */
const WORTH_SAYING = 1e9;

/** What a model needs of memory, in bytes. */
export interface MemoryNeed {
  /** number format of the weights */
  readonly dtype: string;
  /** with its weights loaded, in the order in which ONNX Runtime's products read them */
  readonly loaded: number;
  /** without its weights, where they can stay in their file; undefined where they cannot */
  readonly mapped: number | undefined;
  /** whether mapped weights give the same scores but for rounding */
  readonly sameScores: boolean;
  /** time that scoring takes with mapped weights over that with loaded ones, measured (docs/precision.md) */
  readonly slower: number;
}

export interface MemoryPlan {
  /** whether the weights stay in their file */
  readonly mmap: boolean;
  /** what the model needs, what is free and what is done about it, in a line; undefined for a small model that fits */
  readonly note?: string;
}

/**
 * Decides how a model's weights are held, before it is loaded. By itself it maps only where scores stay the same: what a
 * run gives must not depend on what else the machine does.
 * @param free bytes that the process can still take: what the machine has free, or the container it is confined to
 * @throws GlmEvalError (model) where mapping is asked for and cannot be done
 */
export function planMemory(need: MemoryNeed, free: number, wanted: Mmap = "auto"): MemoryPlan {
  const { dtype, loaded, mapped, sameScores, slower } = need;
  if (wanted === "yes" && mapped === undefined)
    throw new GlmEvalError(
      "mmap-not-possible",
      `--mmap yes: weights in ${dtype} of this model cannot stay in their file`,
      {
        hint:
          "ONNX Runtime maps weights of files of their own that it computes with as they are stored: a GLM's in fp32, int8, " +
          "q8 or q4, an export's in external data.",
      },
    );
  const fits = loaded <= free;
  const mmap = wanted === "yes" || (wanted === "auto" && !fits && sameScores && mapped !== undefined);
  if (fits && !mmap && loaded < WORTH_SAYING) return { mmap };
  const what = `The model needs about ${gigabytes(loaded)} of memory in ${dtype}, ${gigabytes(free)} are free`;
  return { mmap, note: `${what}: ${outcome()}` };

  function outcome(): string {
    const cost = `scoring takes ${slower.toFixed(1)} × as long`;
    if (mmap)
      return (
        `its weights stay in their file (mmap), about ${gigabytes(mapped!)} are needed beside them; ${cost}, and longer ` +
        `where the file must be read again.${wanted === "auto" ? " --mmap no loads them." : ""}`
      );
    if (fits) return "it fits.";
    const remedy =
      dtype === "fp32" || dtype === "fp16"
        ? "--dtype int8, q8 or q4 needs less"
        : "Fewer --max-batch-tokens need less";
    const map =
      mapped === undefined
        ? ""
        : `; --mmap yes leaves the weights in their file (${cost}${sameScores ? "" : "; scores differ slightly"})`;
    return `it may be slow or be stopped. ${remedy}${map}.`;
  }
}

/** @throws GlmEvalError (usage) where mapping is asked for on a device that has memory of its own */
export function checkMmap(wanted: Mmap | undefined, device: Device): void {
  if (wanted === "yes" && device !== "cpu")
    throw new GlmEvalError(
      "conflicting-options",
      `--mmap yes: on ${device} weights are copied to the device's memory`,
      {
        hint: "Only on the CPU can weights stay in their file.",
      },
    );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
