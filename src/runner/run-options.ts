import path from "node:path";
import { BUNDLED_DATA, BUNDLED_MODEL } from "../bundled.js";
import { GlmEvalError } from "../errors.js";
import type { ModelOptions } from "../scoring/index.js";
import { type Conventions, PROTOCOLS } from "./judge/conventions.js";
import type { PlanOptions } from "./schedule/plan.js";
import type { FewshotOptions } from "./score/fewshot.js";

/** What a run is asked to do: the command's options, by the same names and with the same meaning. */
export interface RunOptions extends ModelOptions {
  /** built-in tasks and suites by name, or paths of task and suite files */
  readonly tasks: readonly string[];
  /** a folder or a hub name; the bundled model unless given */
  readonly model?: string | undefined;
  /** models to compare with, or folders of finished runs of the same tasks */
  readonly baseline?: readonly string[] | undefined;
  readonly endOfPiece?: Conventions["endOfPiece"] | undefined;
  readonly normalization?: Conventions["normalization"] | undefined;
  readonly aggregate?: Conventions["aggregate"] | undefined;
  readonly calibration?: Conventions["calibration"] | undefined;
  /** the folder of the data sets; the bundled sample unless given */
  readonly data?: string | undefined;
  /** "validation" unless given */
  readonly split?: "validation" | "test" | "train" | undefined;
  /** at most this many examples of each task */
  readonly limit?: number | undefined;
  readonly patterns?: readonly string[] | "all" | undefined;
  readonly numFewshot?: number | undefined;
  readonly fewshotSeed?: number | undefined;
  readonly fewshotBalanced?: boolean | undefined;
  readonly batchSize?: number | "auto" | undefined;
  /** whether the score cache is used (default true) */
  readonly cache?: boolean | undefined;
  /** the run's folder; results/<time>-<model> unless given */
  readonly output?: string | undefined;
  /** whether the run in `output` is resumed */
  readonly resume?: boolean | undefined;
  /** ids of the published rows in results.csv */
  readonly published?: readonly string[] | undefined;
}

/** The conventions that the options ask for: the protocol's, and what is set by itself. */
export function conventionsOf(
  options: Pick<
    RunOptions,
    "protocol" | "endOfPiece" | "normalization" | "truncation" | "aggregate" | "calibration"
  >,
): Conventions {
  const base = PROTOCOLS[options.protocol ?? "glm"];
  return {
    protocol: base.protocol,
    endOfPiece: options.endOfPiece ?? base.endOfPiece,
    normalization: options.normalization ?? base.normalization,
    truncation: options.truncation ?? base.truncation,
    aggregate: options.aggregate ?? base.aggregate,
    calibration: options.calibration ?? base.calibration,
  };
}

/**
 * The examples that are shown before each question; undefined for none.
 * @throws GlmEvalError("usage") where the options say which, but not how many
 */
export function fewshotOf({
  numFewshot = 0,
  fewshotSeed = 0,
  fewshotBalanced = false,
}: Pick<RunOptions, "numFewshot" | "fewshotSeed" | "fewshotBalanced">): Required<FewshotOptions> | undefined {
  if (numFewshot === 0) {
    if (!fewshotBalanced && fewshotSeed === 0) return undefined;
    const flag = fewshotBalanced ? "--fewshot-balanced" : "--fewshot-seed";
    throw new GlmEvalError("usage", `${flag} says which examples are shown, but none are`, {
      hint: "Say how many: --num-fewshot 4",
    });
  }
  return { count: numFewshot, seed: fewshotSeed, balanced: fewshotBalanced };
}

/** The batches that are asked for; "auto": as many tokens as is fastest on the device. */
export interface AskedPlan extends Omit<PlanOptions, "maxBatchTokens"> {
  readonly maxBatchTokens: number | "auto";
}

/** Tokens of a batch on a CPU: larger activations leave its cache (docs/performance.md). */
const CPU_BATCH_TOKENS = 512;

/** @throws GlmEvalError("usage") where a size is given, and is to be measured too */
export function planOf({
  maxBatchTokens,
  batchSize,
  device = "cpu",
  devices = [device],
}: Pick<RunOptions, "maxBatchTokens" | "batchSize" | "device" | "devices">): AskedPlan {
  if (batchSize === "auto") {
    if (maxBatchTokens === undefined) return { maxBatchTokens: "auto" };
    throw new GlmEvalError(
      "usage",
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

/** The evaluated model, then the baselines. @throws GlmEvalError("usage") where two have one name */
export function namedModels(model: string | undefined, baselines: readonly string[]): readonly NamedModel[] {
  const models = [model ?? BUNDLED_MODEL, ...baselines].map((source) => {
    const bundled = path.resolve(source) === path.resolve(BUNDLED_MODEL);
    return { name: source === BUNDLED_MODEL ? path.basename(source) : source, source, bundled };
  });
  const again = models.find(({ name }, k) => models.findIndex((other) => other.name === name) < k);
  if (again !== undefined)
    throw new GlmEvalError("usage", `the model ${again.name} is named twice in one run`, {
      hint: "--model and every --baseline name different models.",
    });
  return models;
}

/** The folder of the data sets, absolute. */
export function dataRootOf({ data }: Pick<RunOptions, "data">): string {
  return path.resolve(data ?? BUNDLED_DATA);
}
