import { existsSync } from "node:fs";
import path from "node:path";
import { GlmEvalError } from "../errors.js";
import { loadModel, type Model } from "../scoring/index.js";
import type { ModelOutcome } from "./describe-run.js";
import type { OnRunEvent } from "./events.js";
import { RunFolder } from "./record/run-folder.js";
import type { RunRecord } from "./record/run-record.js";
import type { EarlierRun } from "./record/same-run.js";
import type { RunHooks } from "./run-hooks.js";
import type { NamedModel, RunOptions } from "./run-options.js";
import { getScoreCacheFolder, openRunScoreCache, type UsedScoreCache } from "./schedule/score-cache/index.js";

/** @throws GlmEvalError (usage) if the folder is not usable, or --resume is given without a run */
export async function openFolder(
  { output, resume = false }: RunOptions,
  started: Date,
  { name }: NamedModel,
): Promise<RunFolder> {
  if (!resume) {
    return RunFolder.create(output ?? findUnusedFolder(started, name));
  }
  if (output !== undefined) return RunFolder.resume(output);
  throw new GlmEvalError("missing-option", "--resume needs the folder of a run: expected --output", {
    hint: "Pass --output with the run's folder; without --output, a run was written to results/<time>-<model>.",
  });
}

/** Returns results/<time>-<model>, followed by a number if another run started in the same second. */
function findUnusedFolder(started: Date, model: string): string {
  const stamp = started.toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = path.join("results", `${stamp}-${path.basename(model)}`);
  let unused = folder;
  for (let k = 2; existsSync(unused); k++) unused = `${folder}-${k}`;
  return unused;
}

/** Reports what is reused from the run that is resumed. */
export function reportEarlier(folder: RunFolder, now: RunRecord, onEvent: OnRunEvent): void {
  const { record, journal } = folder.earlier!;
  const describeMachine = ({ cpu, platform }: RunRecord): string => `${cpu}, ${platform}`;
  onEvent({
    type: "resumed",
    scored: [...journal.models.values()].reduce((sum, { size }) => sum + size, 0),
    damagedLines: journal.damaged,
    ...(describeMachine(record) !== describeMachine(now) && { otherMachine: describeMachine(record) }),
  });
}

/** Returns the tokens per batch measured for a model when the run was started; undefined if not measured. */
export function getMeasuredBatchTokens({ record }: EarlierRun, { name }: NamedModel): number | undefined {
  return record.models.find((model) => model.name === name)?.maxBatchTokens;
}

export async function loadRunModel(named: NamedModel, options: RunOptions, hooks: RunHooks): Promise<Model> {
  const { onEvent = () => undefined, load = loadModel } = hooks;
  return await load(named.source, {
    ...options,
    onStopped: (text) => onEvent({ type: "note", text, model: named.name }),
    onProgress: (event) => onEvent({ type: "loading", model: named.name, event }),
  });
}

export async function openCache(
  { name }: ModelOutcome,
  { facts }: Model,
  earlier: EarlierRun | undefined,
  onEvent: OnRunEvent,
): Promise<UsedScoreCache> {
  const before = earlier?.record.models.find((model) => model.name === name);
  return await openRunScoreCache({
    folder: getScoreCacheFolder(),
    model: name,
    facts,
    // A model that failed to load before starts now.
    before: before?.weightsSha256 === undefined ? undefined : (before.scoreCache ?? null),
    onNote: (text) => onEvent({ type: "note", text, model: name }),
  });
}

/** Formats an absolute path for messages, relative to the working folder. */
export function toRelativePath(absolute: string): string {
  return path.relative("", absolute) || ".";
}
