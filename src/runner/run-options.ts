import path from "node:path";
import { BUNDLED_DATA, BUNDLED_MODEL } from "../bundled.js";
import { GlmEvalError } from "../errors.js";
import type { DeepReadonly } from "../json.js";
import type { RunOptions as AskedOptions } from "../options/index.js";
import type { LimitOptions } from "../tasks/index.js";
import type { PlanOptions } from "./schedule/plan.js";
import type { FewshotOptions } from "./score/fewshot.js";

/**
 * What a run is asked to do: the options of `glm-eval run` (docs/options.md), by the same names and with the same meaning and
 * defaults.
 */
export type RunOptions = {
  readonly [K in keyof Omit<AskedOptions, "tasks" | "format" | "json" | "failUnder" | "logSamples">]?:
    | DeepReadonly<AskedOptions[K]>
    | undefined;
} & {
  /** built-in tasks and suites by name, or paths of task and suite files */
  readonly tasks: readonly string[];
};

/**
 * The examples that are shown before each question; undefined for none.
 * @throws GlmEvalError (usage) where the options say which, but not how many
 */
export function fewshotOf({
  numFewshot = 0,
  fewshotSeed = 0,
  fewshotBalanced = false,
}: Pick<RunOptions, "numFewshot" | "fewshotSeed" | "fewshotBalanced">): Required<FewshotOptions> | undefined {
  if (numFewshot === 0) {
    if (!fewshotBalanced && fewshotSeed === 0) return undefined;
    const flag = fewshotBalanced ? "--fewshot-balanced" : "--fewshot-seed";
    throw new GlmEvalError("conflicting-options", `${flag} says which examples are shown, but none are`, {
      hint: "Say how many: --num-fewshot 4",
    });
  }
  return { count: numFewshot, seed: fewshotSeed, balanced: fewshotBalanced };
}

/**
 * How many examples of each task are used, and which; empty for all.
 * @throws GlmEvalError (usage) where the options say which, but not how many, or give a seed where nothing is drawn
 */
export function limitOf({
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

/** The batches that are asked for; "auto": as many tokens as is fastest on the device. */
export interface AskedPlan extends Omit<PlanOptions, "maxBatchTokens"> {
  readonly maxBatchTokens: number | "auto";
}

/** Tokens of a batch on a CPU: larger activations leave its cache (docs/performance.md). */
const CPU_BATCH_TOKENS = 512;

/** @throws GlmEvalError (usage) where a size is given, and is to be measured too */
export function planOf({
  maxBatchTokens,
  batchSize,
  device = "cpu",
  devices = [device],
}: Pick<RunOptions, "maxBatchTokens" | "batchSize" | "device" | "devices">): AskedPlan {
  if (batchSize === "auto") {
    if (maxBatchTokens === undefined) return { maxBatchTokens: "auto" };
    throw new GlmEvalError(
      "conflicting-options",
      "found --batch-size auto and --max-batch-tokens; expected one of the two",
      { hint: "auto finds out how many tokens a batch should have." },
    );
  }
  if (batchSize !== undefined)
    return { maxBatchTokens: maxBatchTokens ?? Number.POSITIVE_INFINITY, maxRows: batchSize };
  const isCpu = devices.every((each) => each.trim() === "cpu");
  return { maxBatchTokens: maxBatchTokens ?? (isCpu ? CPU_BATCH_TOKENS : "auto") };
}

/** A model of a run: the one that is evaluated, or a baseline. */
export interface NamedModel {
  /** as results call it: what the user typed; the bundled model's folder name where nothing was */
  readonly name: string;
  /** what it is loaded by */
  readonly source: string;
  readonly bundled: boolean;
}

/** The evaluated model, then the baselines. @throws GlmEvalError (usage) where two have one name */
export function namedModels(model: string | undefined, baselines: readonly string[]): readonly NamedModel[] {
  const models = [model ?? BUNDLED_MODEL, ...baselines].map((source) => {
    const bundled = path.resolve(source) === path.resolve(BUNDLED_MODEL);
    return { name: source === BUNDLED_MODEL ? path.basename(source) : source, source, bundled };
  });
  const again = models.find(({ name }, k) => models.findIndex((other) => other.name === name) < k);
  if (again !== undefined)
    throw new GlmEvalError("same-model-twice", `the model ${again.name} is named twice in one run`, {
      hint: "--model and every --baseline name different models.",
    });
  return models;
}

/** The folder of the data sets, absolute. */
export function dataRootOf({ data }: Pick<RunOptions, "data">): string {
  return path.resolve(data ?? BUNDLED_DATA);
}
