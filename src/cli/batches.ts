import { GlmEvalError } from "../errors.js";
import type { ClozeQuestion } from "../patterns/index.js";
import { bestBatchTokens, type PlanOptions, tryBatchTokens } from "../runner/index.js";
import type { Model } from "../scoring/index.js";
import type { ModelArguments, ScoringArguments } from "./arguments.js";
import type { Progress } from "./progress.js";

/** The batches that the command line asks for; "auto": as many tokens as is fastest on the device. */
export interface AskedPlan extends Omit<PlanOptions, "maxBatchTokens"> {
  readonly maxBatchTokens: number | "auto";
}

/** Tokens of a batch on a CPU: larger activations leave its cache (docs/performance.md). */
const CPU_BATCH_TOKENS = 512;

/** @throws GlmEvalError("usage") where a size is given, and is to be found too */
export function planOf(
  argv: Pick<ScoringArguments, "maxBatchTokens" | "batchSize"> & Pick<ModelArguments, "device" | "devices">,
): AskedPlan {
  const { maxBatchTokens, batchSize, device = "cpu", devices = device } = argv;
  if (batchSize === "auto") {
    if (maxBatchTokens === undefined) return { maxBatchTokens: "auto" };
    throw new GlmEvalError(
      "usage",
      "found --batch-size auto and --max-batch-tokens; expected one of the two",
      {
        hint: "auto finds out how many tokens a batch should have.",
      },
    );
  }
  if (batchSize !== undefined)
    return { maxBatchTokens: maxBatchTokens ?? Number.POSITIVE_INFINITY, maxRows: batchSize };
  const isCpu = devices.split(",").every((each) => each.trim() === "cpu");
  return { maxBatchTokens: maxBatchTokens ?? (isCpu ? CPU_BATCH_TOKENS : "auto") };
}

/** Questions with which a batch's size is tried. */
export const TRIED_QUESTIONS = 256;

/** Finds out how many tokens a batch should have on the model's device, and tells it. */
export async function findBatchTokens(
  model: Model,
  { questions, total }: { readonly questions: readonly ClozeQuestion[]; readonly total: number },
  progress: Progress,
): Promise<number> {
  let told = false;
  const onTry = (): void => {
    if (!told) progress.say("finding out how large batches should be …");
    told = true;
  };
  const tried = await tryBatchTokens(model, questions, { total, onTry });
  const tokens = bestBatchTokens(tried);
  if (!told) return tokens;
  const rates = tried.map((one) => `${one.tokens}: ${one.rate.toPrecision(3)}/s`).join(", ");
  progress.say(`batches of ${tokens} tokens (tokens a batch: tokens a second; ${rates})`);
  return tokens;
}
