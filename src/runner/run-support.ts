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

/** @throws GlmEvalError (usage) where the folder cannot be used, or no run is named to resume */
export async function openFolder(
  { output, resume = false }: RunOptions,
  started: Date,
  { name }: NamedModel,
): Promise<RunFolder> {
  if (!resume) {
    return RunFolder.create(output ?? unusedFolder(started, name));
  }
  if (output !== undefined) return RunFolder.resume(output);
  throw new GlmEvalError("missing-option", "--resume: no run is named; expected its folder by --output", {
    hint: "Without --output a run has the folder results/<time>-<model>.",
  });
}

/** results/<time>-<model>, with a number behind it where another run began in the same second. */
function unusedFolder(started: Date, model: string): string {
  const stamp = started.toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = path.join("results", `${stamp}-${path.basename(model)}`);
  let unused = folder;
  for (let k = 2; existsSync(unused); k++) unused = `${folder}-${k}`;
  return unused;
}

/** Reports what is taken from the run that is resumed. */
export function reportEarlier(folder: RunFolder, now: RunRecord, onEvent: OnRunEvent): void {
  const { record, journal } = folder.earlier!;
  const machineOf = ({ cpu, platform }: RunRecord): string => `${cpu}, ${platform}`;
  onEvent({
    type: "resumed",
    scored: [...journal.models.values()].reduce((sum, { size }) => sum + size, 0),
    damagedLines: journal.damaged,
    ...(machineOf(record) !== machineOf(now) && { otherMachine: machineOf(record) }),
  });
}

/** The size of a batch that was measured for a model when the run was begun; undefined where it was not. */
export function measuredBatchTokens({ record }: EarlierRun, { name }: NamedModel): number | undefined {
  return record.models.find((model) => model.name === name)?.maxBatchTokens;
}

export async function loadFor(named: NamedModel, options: RunOptions, hooks: RunHooks): Promise<Model> {
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
    // A model that could not be loaded before begins now.
    before: before?.weightsSha256 === undefined ? undefined : (before.scoreCache ?? null),
    onNote: (text) => onEvent({ type: "note", text, model: name }),
  });
}

/** A path as messages show it. */
export function shownPath(absolute: string): string {
  return path.relative("", absolute) || ".";
}
