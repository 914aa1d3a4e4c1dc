import { existsSync } from "node:fs";
import path from "node:path";
import { GlmEvalError } from "../errors.js";
import { publishedRow, renderTable, toCsv, toJson } from "../report/index.js";
import { choosePatterns, RunFolder } from "../runner/index.js";
import { findTask, type Task } from "../tasks/index.js";
import { BUNDLED_DATA } from "./bundled.js";
import { conventionsOf, planOf } from "./load.js";
import { exitWithOutcomes, type ModelOutcome, namedModels, runModel } from "./models-of-run.js";
import type { DataArguments, ModelArguments, OutputArguments, ScoringArguments } from "./options.js";
import { createProgress } from "./progress.js";
import { describeRun } from "./run-record.js";
import { resultsOf } from "./run-results.js";
import { stopOnCtrlC } from "./stop.js";
import { listOf } from "./usage.js";

export type RunArguments = ModelArguments & ScoringArguments & DataArguments & OutputArguments;

/** Asks the model and every baseline the questions of some tasks, by name or file, and reports. */
export async function runNamed(names: readonly string[], argv: RunArguments): Promise<void> {
  const started = new Date();
  // Whatever can be wrong is found before a model is loaded, which may take minutes.
  const tasks = await Promise.all(names.map(findTask));
  checkNames(tasks);
  const { split, limit } = argv;
  const patterns: readonly string[] | "all" | undefined =
    argv.patterns === undefined || argv.patterns === "all"
      ? argv.patterns
      : listOf("--patterns", argv.patterns);
  for (const task of tasks) choosePatterns(task, patterns);
  const published = argv.published === "none" ? [] : listOf("--published", argv.published);
  published.forEach(publishedRow);
  const dataRoot = path.resolve(argv.data ?? BUNDLED_DATA);
  checkData(tasks, dataRoot, split);
  const models = namedModels(argv);

  const stamp = started.toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = await RunFolder.create(
    argv.output ?? path.join("results", `${stamp}-${path.basename(models[0]!.name)}`),
  );
  const progress = createProgress();
  const stop = stopOnCtrlC(progress, () => folder.close());
  try {
    const plan = planOf(argv);
    const conventions = conventionsOf(argv);
    const options = {
      ...plan,
      conventions,
      dataRoot,
      split,
      ...(limit && { limit }),
      ...(patterns && { patterns }),
    };
    const record = { started, conventions, plan, tasks, dataRoot, split, limit };
    const outcomes: ModelOutcome[] = [];
    for (const named of models) {
      if (stop.signal.aborted) break;
      const outcome = await runModel(named, argv, {
        tasks,
        options,
        folder,
        progress,
        stop,
        onLoaded: (model) =>
          folder.write("run.json", describeRun({ ...record, outcomes: [...outcomes, { ...named, model }] })),
      });
      outcomes.push(outcome);
    }
    progress.end();
    // With one model there is nothing else to tell.
    if (outcomes.every(({ evaluation }) => evaluation === undefined)) throw outcomes[0]!.error;

    const results = resultsOf(outcomes, {
      split,
      protocol: argv.protocol,
      tasks,
      sampleData: dataRoot === path.resolve(BUNDLED_DATA),
      seconds: (Date.now() - started.getTime()) / 1000,
    });
    await folder.write("run.json", describeRun({ ...record, outcomes, finished: new Date() }));
    await folder.write("results.json", toJson(results));
    await folder.write("results.csv", toCsv(results, { published }));
    if (argv.json) process.stdout.write(toJson(results));
    else if (results.tasks.length > 0) {
      const { isTTY, columns } = process.stdout;
      const color = isTTY && process.stdout.hasColors();
      process.stdout.write(
        `${renderTable(results, { published, color, ...(isTTY && { width: Math.min(columns, 120) }) })}\n`,
      );
    }
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
