import { existsSync } from "node:fs";
import path from "node:path";
import { GlmEvalError } from "../errors.js";
import { publishedRow, type RunResults, renderTable, toCsv, toJson } from "../report/index.js";
import { type PreparedTask, type PrepareOptions, prepareTasks, RunFolder } from "../runner/index.js";
import { findTasks, type Suite, suitesOf, type Task } from "../tasks/index.js";
import { BUNDLED_DATA } from "./bundled.js";
import { conventionsOf, downloadsOf, fewshotOf, planOf } from "./load.js";
import { exitWithOutcomes, type ModelOutcome, namedModels, runModel } from "./models-of-run.js";
import type { DataArguments, ModelArguments, OutputArguments, ScoringArguments } from "./options.js";
import { createProgress, type Progress } from "./progress.js";
import { describeRun } from "./run-record.js";
import { resultsOf } from "./run-results.js";
import { stopOnCtrlC } from "./stop.js";
import { listOf } from "./usage.js";

export type RunArguments = ModelArguments & ScoringArguments & DataArguments & OutputArguments;

/** Asks the model and every baseline the questions of some tasks, by name or file, and reports. */
export async function runNamed(names: readonly string[], argv: RunArguments): Promise<void> {
  const started = new Date();
  // Whatever can be wrong is found before a model is loaded, which may take minutes.
  const { tasks, suites } = await everyTask(names);
  checkNames(tasks);
  const published = argv.published === "none" ? [] : listOf("--published", argv.published);
  published.forEach(publishedRow);
  const models = namedModels(argv);
  const progress = createProgress();
  const what = whatIsAsked(argv, progress);
  checkData(tasks, what.dataRoot, argv.split);
  const prepared = await prepareTasks(tasks, what);
  tellUnusable(prepared, progress);

  const stamp = started.toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = await RunFolder.create(
    argv.output ?? path.join("results", `${stamp}-${path.basename(models[0]!.name)}`),
  );
  const stop = stopOnCtrlC(progress, () => folder.close());
  try {
    const plan = planOf(argv);
    const conventions = conventionsOf(argv);
    const options = { ...plan, ...what, conventions, prepared, suites };
    const { split, limit } = argv;
    const fewshot = fewshotOf(argv);
    const record = {
      started,
      conventions,
      plan,
      tasks,
      suites,
      dataRoot: what.dataRoot,
      split,
      limit,
      fewshot,
    };
    const outcomes: ModelOutcome[] = [];
    for (const named of models) {
      if (stop.signal.aborted) break;
      const onLoaded = (model: NonNullable<ModelOutcome["model"]>) =>
        folder.write("run.json", describeRun({ ...record, outcomes: [...outcomes, { ...named, model }] }));
      outcomes.push(await runModel(named, argv, { tasks, options, folder, progress, stop, onLoaded }));
    }
    progress.end();
    // Where no model could be loaded there is nothing else to tell.
    if (outcomes.every(({ model }) => model === undefined)) throw outcomes[0]!.error;

    const results = resultsOf(outcomes, {
      split,
      protocol: argv.protocol,
      tasks,
      sampleData: prepared.some(isSample),
      seconds: (Date.now() - started.getTime()) / 1000,
    });
    await folder.write("run.json", describeRun({ ...record, outcomes, finished: new Date() }));
    await folder.write("results.json", toJson(results));
    await folder.write("results.csv", toCsv(results, { published }));
    print(results, published, argv.json);
    const shown = path.relative("", folder.path) || ".";
    process.stderr.write(
      `${stop.signal.aborted ? "interrupted; what is done is" : "written"} in ${shown}/\n`,
    );
    exitWithOutcomes(outcomes, stop.signal.aborted);
  } finally {
    progress.end();
    stop.release();
    await folder.close();
  }
}

function whatIsAsked(argv: RunArguments, progress: Progress): PrepareOptions {
  const { limit } = argv;
  const patterns: PrepareOptions["patterns"] | undefined =
    argv.patterns === undefined || argv.patterns === "all"
      ? argv.patterns
      : listOf("--patterns", argv.patterns);
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
    existsSync(root) ? `${root} holds no data of these tasks` : `no such data folder: ${root}`,
    { hint: `Expected in it: ${looked.join(", ")}. --data names the folder.` },
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

function print(results: RunResults, published: readonly string[], json: boolean): void {
  if (json) process.stdout.write(toJson(results));
  else if (results.tasks.length > 0) {
    const { isTTY, columns } = process.stdout;
    const color = isTTY && process.stdout.hasColors();
    const width = isTTY && { width: Math.min(columns, 120) };
    process.stdout.write(`${renderTable(results, { published, color, ...width })}\n`);
  }
}
