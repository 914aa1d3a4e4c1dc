import { GlmEvalError } from "../../errors.js";
import type { Device } from "./device.js";

/**
 * Whether weights are memory-mapped (as in llama.cpp), so that the system reads pages of their file on demand and drops
 * them when memory is short, or are loaded. "auto": mapped only if the model would not fit otherwise.
 */
export type Mmap = "auto" | "yes" | "no";

/** Models that need at least this many bytes get a note about memory. */
const NOTE_FROM = 1e9;

/** The memory that a model needs, in bytes. */
export interface MemoryNeed {
  /** number format of the weights */
  readonly dtype: string;
  /** with its weights loaded, in the order in which ONNX Runtime's matrix products read them */
  readonly loaded: number;
  /** without its weights, if they can be mapped; undefined if they cannot */
  readonly mapped: number | undefined;
  /** whether mapped weights give the same scores up to rounding */
  readonly sameScores: boolean;
  /** measured ratio of scoring time with mapped weights to that with loaded ones (docs/precision.md) */
  readonly slower: number;
}

export interface MemoryPlan {
  /** whether the weights are mapped */
  readonly mmap: boolean;
  /**
   * one line with what the model needs, what is free and what is done about it; undefined for a small model that fits
   */
  readonly note?: string;
}

/**
 * Decides whether to load or map a model's weights. "auto" maps only if scores stay the same: a run's results must not
 * depend on what else the machine is doing.
 * @param free bytes that the process can still allocate: free memory of the machine, or of the container it runs in
 * @throws GlmEvalError (model) if mapping is requested but not possible
 */
export function planMemory(need: MemoryNeed, free: number, wanted: Mmap = "auto"): MemoryPlan {
  const { dtype, loaded, mapped, sameScores, slower } = need;
  if (wanted === "yes" && mapped === undefined)
    throw new GlmEvalError(
      "mmap-not-possible",
      `--mmap yes: this model's weights in ${dtype} cannot be mapped`,
      {
        hint:
          "ONNX Runtime maps only weights in separate files that it can use as stored: a GLM's in fp32, int8, q8 or q4, or " +
          "an export's external data.",
      },
    );
  const fits = loaded <= free;
  const mmap = wanted === "yes" || (wanted === "auto" && !fits && sameScores && mapped !== undefined);
  if (fits && !mmap && loaded < NOTE_FROM) return { mmap };
  const what = `The model needs about ${formatGigabytes(loaded)} of memory in ${dtype}, ${formatGigabytes(free)} are free`;
  return { mmap, note: `${what}: ${describeOutcome()}` };

  function describeOutcome(): string {
    const cost = `scoring takes ${slower.toFixed(1)} × as long`;
    if (mmap)
      return (
        `its weights are memory-mapped (mmap), and the rest needs about ${formatGigabytes(mapped!)}; ${cost}, or longer ` +
        `if the file must be read again.${wanted === "auto" ? " --mmap no loads them." : ""}`
      );
    if (fits) return "it fits.";
    const remedy =
      dtype === "fp32" || dtype === "fp16"
        ? "--dtype int8, q8 or q4 needs less"
        : "A smaller --max-batch-tokens needs less";
    const map =
      mapped === undefined
        ? ""
        : `; --mmap yes maps the weights (${cost}${sameScores ? "" : "; scores differ slightly"})`;
    return `it may run slowly or be killed. ${remedy}${map}.`;
  }
}

/** @throws GlmEvalError (usage) if mapping is requested on a device that has its own memory */
export function checkMmap(wanted: Mmap | undefined, device: Device): void {
  if (wanted === "yes" && device !== "cpu")
    throw new GlmEvalError(
      "conflicting-options",
      `--mmap yes: on ${device} weights are copied to the device's memory`,
      {
        hint: "Weights can be mapped only on the CPU.",
      },
    );
}

function formatGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
