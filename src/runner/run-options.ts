import path from "node:path";
import { BUNDLED_DATA, BUNDLED_MODEL } from "../bundled.js";
import { GlmEvalError } from "../errors.js";
import type { DeepReadonly } from "../json.js";
import type { RunOptions as CommandOptions } from "../options/index.js";
import type { LimitOptions } from "../tasks/index.js";
import type { PlanOptions } from "./schedule/plan.js";
import type { FewshotOptions } from "./score/fewshot.js";

/**
 * The options of a run: those of `glm-eval run` (docs/options.md), with the same names, meanings and defaults.
 */
export type RunOptions = {
  readonly [K in keyof Omit<CommandOptions, "tasks" | "format" | "json" | "failUnder" | "logSamples">]?:
    | DeepReadonly<CommandOptions[K]>
    | undefined;
} & {
  /** built-in tasks and suites by name, or paths of task and suite files */
  readonly tasks: readonly string[];
};

/**
 * Returns the few-shot options of a run; undefined for zero-shot.
 * @throws GlmEvalError (usage) if the options specify which examples are shown, but not how many
 */
export function getFewshotOptions({
  numFewshot = 0,
  fewshotSeed = 0,
  fewshotBalanced = false,
}: Pick<RunOptions, "numFewshot" | "fewshotSeed" | "fewshotBalanced">): Required<FewshotOptions> | undefined {
  if (numFewshot === 0) {
    if (!fewshotBalanced && fewshotSeed === 0) return undefined;
    const flag = fewshotBalanced ? "--fewshot-balanced" : "--fewshot-seed";
    throw new GlmEvalError("conflicting-options", `${flag} has no effect without few-shot examples`, {
      hint: "Specify how many to show: --num-fewshot 4",
    });
  }
  return { count: numFewshot, seed: fewshotSeed, balanced: fewshotBalanced };
}

/**
 * Returns how many examples of each task are used, and which; empty for all.
 * @throws GlmEvalError (usage) if the options specify which, but not how many, or a seed although nothing is drawn
 */
export function getLimitOptions({
  limit,
  limitBy = "first",
  limitSeed = 0,
}: Pick<RunOptions, "limit" | "limitBy" | "limitSeed">): LimitOptions {
  const needs = (flag: string, what: string, hint: string): never => {
    throw new GlmEvalError("conflicting-options", `${flag} needs ${what}`, { hint });
  };
  if (limit === undefined && limitBy !== "first")
    needs("--limit-by", "--limit", `Specify how many examples: --limit 100 --limit-by ${limitBy}`);
  if (limitBy === "first" && limitSeed !== 0)
    needs(
      "--limit-seed",
      "--limit-by random or stratified",
      "The first examples are the same for every seed.",
    );
  if (limit === undefined) return {};
  return limitBy === "first" ? { limit, limitBy } : { limit, limitBy, limitSeed };
}

/** The requested batch sizes; "auto": the number of tokens that is fastest on the device. */
export interface RequestedPlan extends Omit<PlanOptions, "maxBatchTokens"> {
  readonly maxBatchTokens: number | "auto";
}

/** Tokens per batch on a CPU: larger activations do not fit its cache (docs/performance.md). */
const CPU_BATCH_TOKENS = 512;

/** @throws GlmEvalError (usage) if a size is both given and to be measured */
export function getPlan({
  maxBatchTokens,
  batchSize,
  device = "cpu",
  devices = [device],
}: Pick<RunOptions, "maxBatchTokens" | "batchSize" | "device" | "devices">): RequestedPlan {
  if (batchSize === "auto") {
    if (maxBatchTokens === undefined) return { maxBatchTokens: "auto" };
    throw new GlmEvalError(
      "conflicting-options",
      "found --batch-size auto and --max-batch-tokens; expected one of the two",
      { hint: "auto measures how many tokens a batch should have." },
    );
  }
  if (batchSize !== undefined)
    return { maxBatchTokens: maxBatchTokens ?? Number.POSITIVE_INFINITY, maxRows: batchSize };
  const isCpu = devices.every((each) => each.trim() === "cpu");
  return { maxBatchTokens: maxBatchTokens ?? (isCpu ? CPU_BATCH_TOKENS : "auto") };
}

/** A model of a run: the evaluated one, or a baseline. */
export interface NamedModel {
  /** its name in results: what the user typed; the folder name of the bundled model by default */
  readonly name: string;
  /** folder or hub name from which it is loaded */
  readonly source: string;
  readonly bundled: boolean;
}

/** Names the evaluated model, then the baselines. @throws GlmEvalError (usage) if two have the same name */
export function nameModels(model: string | undefined, baselines: readonly string[]): readonly NamedModel[] {
  const models = [model ?? BUNDLED_MODEL, ...baselines].map((source) => {
    const bundled = path.resolve(source) === path.resolve(BUNDLED_MODEL);
    return { name: source === BUNDLED_MODEL ? path.basename(source) : source, source, bundled };
  });
  const again = models.find(({ name }, k) => models.findIndex((other) => other.name === name) < k);
  if (again !== undefined)
    throw new GlmEvalError("same-model-twice", `the model ${again.name} is named twice in one run`, {
      hint: "--model and every --baseline must be different models.",
    });
  return models;
}

/** Returns the absolute path of the data folder. */
export function getDataRoot({ data }: Pick<RunOptions, "data">): string {
  return path.resolve(data ?? BUNDLED_DATA);
}
