import { existsSync } from "node:fs";
import path from "node:path";
import { BUNDLED_DATA } from "../bundled.js";
import { GlmEvalError } from "../errors.js";
import type { Json } from "../json.js";
import type { RunOptions } from "../options/index.js";
import { publishedRow, renderTable, toCsv } from "../report/index.js";
import { type RunResults, toJson } from "../results/index.js";
import { type PreparedTask, type PrepareOptions, prepareTasks, RunFolder } from "../runner/index.js";
import type { Model } from "../scoring/index.js";
import { findTasks, type Suite, suitesOf, type Task } from "../tasks/index.js";
import { planOf } from "./batches.js";
import { openCacheOf, type UsedCache } from "./cache-of-run.js";
import { conventionsOf, devicesOf, downloadsOf, fewshotOf } from "./load.js";
import {
  exitWithOutcomes,
  type ModelOutcome,
  type NamedModel,
  namedModels,
  runModel,
} from "./models-of-run.js";
import { batchTokensOf, checkSameModel, checkSameRun, modelOf, resumeCommand } from "./resume.js";
import { describeRun } from "./run-record.js";
import { resultsOf } from "./run-results.js";
import { stopOnCtrlC } from "./stop.js";
import { createProgress, type Progress } from "./terminal/progress.js";

/** Asks the model and every baseline the questions of some tasks, by name or file, and reports. */
export async function runNamed(names: readonly string[], argv: RunOptions): Promise<RunResults> {
  const started = new Date();
  // Whatever can be wrong is found before a model is loaded, which may take minutes.
  const { tasks, suites } = await everyTask(names);
  checkNames(tasks);
  const { published } = argv;
  published.forEach(publishedRow);
  const models = namedModels(argv);
  devicesOf(argv);
  const plan = planOf(argv);
  const progress = createProgress();
  const what = whatIsAsked(argv, progress);
  checkData(tasks, what.dataRoot, argv.split);
  progress.say("reading the data …");
  const prepared = await prepareTasks(tasks, what);
  tellUnusable(prepared, progress);

  const folder = await openFolder(argv, started, models[0]!);
  const stop = stopOnCtrlC(progress, () => folder.close());
  const shown = path.relative("", folder.path) || ".";
  const toGoOn = `to go on: ${resumeCommand(process.argv.slice(2), argv.output === undefined ? shown : undefined)}`;
  try {
    const { split, limit, threads, cache } = argv;
    const conventions = conventionsOf(argv);
    const earlier = folder.earlier && { folder: shown, record: folder.earlier.record as Json };
    const record = {
      ...{ started, conventions, plan, threads, cache, tasks, suites, prepared, split, limit },
      dataRoot: what.dataRoot,
      patterns: what.patterns,
      fewshot: fewshotOf(argv),
      earlier: earlier?.record,
    };
    const outcomes: ModelOutcome[] = [...models];
    if (earlier) {
      const now = describeRun(record, outcomes);
      checkSameRun(earlier, now);
      tellEarlier(folder, now, progress);
    }
    const options = { ...what, conventions, prepared, suites };
    for (const [k, named] of models.entries()) {
      if (stop.signal.aborted) break;
      const onLoaded = async (
        model: Model,
        batchTokens: number | undefined,
      ): Promise<UsedCache | undefined> => {
        const loaded: ModelOutcome = { ...named, model, ...(batchTokens && { batchTokens }) };
        if (earlier) checkSameModel(earlier, describeRun(record, outcomes.with(k, loaded)), named.name);
        const used = cache
          ? await openCacheOf(model, progress, earlier && modelOf(earlier.record, named.name))
          : undefined;
        const now = describeRun(record, outcomes.with(k, { ...loaded, ...(used && { cache: used }) }));
        await folder.write("run.json", textOf(now));
        return used;
      };
      outcomes[k] = await runModel(named, argv, {
        ...{ tasks, options, plan, folder, progress, stop, onLoaded },
        batchTokens: earlier && batchTokensOf(earlier, named.name),
      });
    }
    progress.end();
    // Where no model could be loaded there is nothing else to tell.
    if (outcomes.every(({ model }) => model === undefined)) throw outcomes[0]!.error;

    const reached = outcomes.filter(({ model, error }) => model !== undefined || error !== undefined);
    progress.say("computing the results and their intervals …");
    const results = resultsOf(reached, {
      split,
      protocol: argv.protocol,
      tasks,
      sampleData: prepared.some(isSample),
    });
    await folder.write("run.json", textOf(describeRun(record, outcomes, new Date())));
    await folder.write("results.json", toJson(results));
    await folder.write("results.csv", toCsv(results, { published }));
    // How long a run took that was stopped meanwhile nobody knows.
    const seconds = earlier ? undefined : (Date.now() - started.getTime()) / 1000;
    print(results, argv, seconds);
    process.stderr.write(
      stop.signal.aborted
        ? `interrupted; what is done is in ${shown}/\n${toGoOn}\n`
        : `written in ${shown}/\n`,
    );
    exitWithOutcomes(outcomes, stop.signal.aborted);
    return results;
  } catch (error) {
    progress.end();
    if (folder.isChanged) progress.say(`what is done is in ${shown}/\n${toGoOn}`);
    throw error;
  } finally {
    progress.end();
    stop.release();
    await folder.close();
  }
}

async function openFolder(argv: RunOptions, started: Date, { name }: NamedModel): Promise<RunFolder> {
  if (!argv.resume) {
    const stamp = started.toISOString().slice(0, 19).replaceAll(":", "-");
    return RunFolder.create(argv.output ?? path.join("results", `${stamp}-${path.basename(name)}`));
  }
  if (argv.output !== undefined) return RunFolder.resume(argv.output);
  throw new GlmEvalError("usage", "--resume: no run is named; expected its folder by --output", {
    hint: "Without --output a run has the folder results/<time>-<model>.",
  });
}

/** What is taken from the run that goes on. */
function tellEarlier(folder: RunFolder, now: Json, progress: Progress): void {
  const { record, journal } = folder.earlier!;
  const scored = [...journal.models.values()].reduce((sum, { size }) => sum + size, 0);
  progress.say(`going on with a run: ${scored} questions are scored already`);
  if (journal.damaged.length > 0) {
    const [one, ...others] = journal.damaged;
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    progress.say(`journal.jsonl: line ${one}${more} not whole: left out, and scored again`);
  }
  const machineOf = (of: unknown): string => {
    const { cpu, platform } = of as Record<string, string>;
    return `${cpu}, ${platform}`;
  };
  if (machineOf(record) !== machineOf(now))
    progress.say(
      `note: the run was begun on another machine (${machineOf(record)}): last digits of scores may differ`,
    );
}

function textOf(record: Json): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

function whatIsAsked(argv: RunOptions, progress: Progress): PrepareOptions {
  const { limit, patterns } = argv;
  const fewshot = fewshotOf(argv);
  return {
    dataRoot: path.resolve(argv.data ?? BUNDLED_DATA),
    split: argv.split,
    downloads: downloadsOf(argv, progress),
    ...(limit && { limit }),
    ...(patterns && { patterns }),
    ...(fewshot && { fewshot }),
  };
}

/** What the names stand for, each task once, and the suites that they make. */
async function everyTask(names: readonly string[]): Promise<{ tasks: Task[]; suites: Suite[] }> {
  const found = await Promise.all(names.map(findTasks));
  const tasks = [...new Map(found.flatMap((one) => one.tasks.map((task) => [task.file, task]))).values()];
  const suites = [...found.flatMap(({ suite }) => suite ?? []), ...(await suitesOf(tasks))];
  return { tasks, suites: [...new Map(suites.map((suite) => [suite.file, suite])).values()] };
}

/** A task beside its own data may be run without naming a folder. */
function isSample(prepared: PreparedTask): boolean {
  const sample = path.resolve(BUNDLED_DATA) + path.sep;
  return prepared.status === "ready" && prepared.dataset.file.startsWith(sample);
}

/** Samples and journal go by task name. */
function checkNames(tasks: readonly Task[]): void {
  for (const [k, { name, file }] of tasks.entries()) {
    const other = tasks.findIndex((task) => task.name === name);
    if (other < k)
      throw new GlmEvalError("usage", `two tasks are named ${name}: ${tasks[other]!.file} and ${file}`, {
        hint: "Run them one after the other, or change the name in one of the files.",
      });
  }
}

/** One file that is missing is told and left out; where all are, it is the folder that is wrong. */
function checkData(tasks: readonly Task[], root: string, split: string): void {
  if (tasks.some((task) => task.find({ root, split }))) return;
  const looked = tasks.flatMap(({ dataFiles }) => dataFiles[split]?.slice(0, 1) ?? []);
  if (looked.length === 0)
    throw new GlmEvalError("data", `no task has a ${split} split`, { hint: "--split names another one." });
  throw new GlmEvalError(
    "data",
    existsSync(root)
      ? `found no data of these tasks: neither in ${root} nor beside the task files`
      : `no such data folder: ${root}`,
    { hint: `Expected: ${looked.join(", ")}. --data names the folder.` },
  );
}

/** What cannot be run is told before a model is loaded. @throws GlmEvalError("data") where nothing can */
function tellUnusable(prepared: readonly PreparedTask[], progress: Progress): void {
  for (const each of prepared)
    if (each.status !== "ready") progress.say(`${each.task.name}: ${each.status}: ${each.message}`);
  const failed = prepared.find(({ status }) => status === "failed");
  if (failed !== undefined && prepared.every(({ status }) => status !== "ready"))
    throw new GlmEvalError("data", "none of the tasks can be run", {
      hint: `glm-eval tasks validate ${failed.task.file} shows all that is wrong`,
    });
}

function print(
  results: RunResults,
  { json, format, published }: Pick<RunOptions, "json" | "format" | "published">,
  seconds: number | undefined,
): void {
  if (json || format === "json") process.stdout.write(toJson(results));
  else if (format === "csv") process.stdout.write(toCsv(results, { published }));
  else if (results.tasks.length > 0) {
    const { isTTY, columns } = process.stdout;
    const color = isTTY && process.stdout.hasColors();
    const width = isTTY && { width: Math.min(columns, 120) };
    process.stdout.write(
      `${renderTable(results, { published, ...(seconds !== undefined && { seconds }), color, ...width })}\n`,
    );
  }
}
