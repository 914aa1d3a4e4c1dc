import { existsSync } from "node:fs";
import path from "node:path";
import { GlmEvalError } from "../errors.js";
import { publishedRow, type RunResults, renderTable, toCsv, toJson } from "../report/index.js";
import { choosePatterns, type Evaluation, evaluate, type RunEvent, RunFolder } from "../runner/index.js";
import { builtinTasks, findTask, type Task } from "../tasks/index.js";
import { BUNDLED_DATA, BUNDLED_MODEL, BUNDLED_MODEL_NOTE } from "./bundled.js";
import { exitWith, INTERRUPTED, TASKS_FAILED } from "./exit.js";
import { conventionsOf, loadFor, planOf } from "./load.js";
import type { DataArguments, ModelArguments, OutputArguments, ScoringArguments } from "./options.js";
import { createProgress, type Progress } from "./progress.js";
import { describeRun } from "./run-record.js";
import { listOf } from "./usage.js";

type RunArguments = ModelArguments & ScoringArguments & DataArguments & OutputArguments;

const DIAGNOSTICS = ["axb", "axg"];

/** `glm-eval superglue`: the eight tasks, and the two diagnostics where asked. */
export async function superglue(
  argv: RunArguments & { diagnostics: boolean; tasks?: string },
): Promise<void> {
  const names = argv.tasks
    ? listOf("--tasks", argv.tasks)
    : builtinTasks().filter((name) => !DIAGNOSTICS.includes(name));
  await runNamed(argv.diagnostics ? [...new Set([...names, ...DIAGNOSTICS])] : names, argv);
}

/** `glm-eval run TASK…` */
export async function runTasks(argv: RunArguments & { task?: string[] }): Promise<void> {
  const names = argv.task ?? [];
  if (names.length === 0)
    throw new GlmEvalError("usage", "no task is named; expected names of built-in tasks or task files", {
      hint: `The built-in tasks are: ${builtinTasks().join(", ")}`,
    });
  await runNamed([...new Set(names)], argv);
}

async function runNamed(names: readonly string[], argv: RunArguments): Promise<void> {
  const started = new Date();
  // Whatever can be wrong is found before the model is loaded, which may take minutes.
  const tasks = await Promise.all(names.map(findTask));
  checkNames(tasks);
  const { split, limit } = argv;
  const patterns =
    argv.patterns === undefined || argv.patterns === "all"
      ? argv.patterns
      : listOf("--patterns", argv.patterns);
  for (const task of tasks) choosePatterns(task, patterns);
  const published = argv.published === "none" ? [] : listOf("--published", argv.published);
  published.forEach(publishedRow);
  const dataRoot = path.resolve(argv.data ?? BUNDLED_DATA);
  checkData(tasks, dataRoot, split);
  const conventions = conventionsOf(argv);
  const plan = planOf(argv);

  const modelPath = path.resolve(argv.model ?? BUNDLED_MODEL);
  const isBundled = modelPath === path.resolve(BUNDLED_MODEL);
  const name = path.basename(modelPath);
  const stamp = started.toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = await RunFolder.create(argv.output ?? path.join("results", `${stamp}-${name}`));
  const progress = createProgress();
  const stop = stopOnCtrlC(progress, () => folder.close());
  try {
    const model = await loadFor(argv, progress);
    try {
      const record = { started, model, conventions, plan, tasks, dataRoot, split, limit };
      await folder.write("run.json", describeRun(record));
      const evaluation = await evaluate(model.scorer, tasks, {
        ...plan,
        conventions,
        dataRoot,
        split,
        signal: stop.afterBatch(),
        ...(limit && { limit }),
        ...(patterns && { patterns }),
        onScored: (entries) => folder.append(entries),
        onSamples: (task, samples) => folder.appendSamples(task.name, samples),
        onEvent: (event) => tell(event, progress),
      });
      progress.end();
      const results: RunResults = {
        schema: 2,
        model: argv.model ?? name,
        ...(isBundled && { modelNote: BUNDLED_MODEL_NOTE }),
        family: model.facts.family,
        protocol: argv.protocol,
        split,
        sampleData: dataRoot === path.resolve(BUNDLED_DATA),
        seconds: (Date.now() - started.getTime()) / 1000,
        tasks: evaluation.tasks,
        superglueScore: evaluation.superglueScore,
        baselines: [],
      };
      await folder.write("run.json", describeRun({ ...record, evaluation }));
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
        `${evaluation.interrupted ? "interrupted; what is done is" : "written"} in ${shown}/\n`,
      );
      const { error, interrupted } = evaluation;
      if (error !== undefined && !(error instanceof GlmEvalError) && !interrupted) exitWith(error);
      else process.exitCode = exitCode(evaluation);
    } finally {
      await model.scorer.close();
    }
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

function tell(event: RunEvent, progress: Progress): void {
  if (event.type === "task") {
    progress.say(`${event.task.name}: ${event.examples} examples, pattern ${event.pattern}`);
  } else if (event.type === "progress") {
    const { questions, totalQuestions } = event.progress;
    progress.update(event.task.name, questions, totalQuestions, "questions");
  } else if (event.result.status !== "done") {
    progress.say(`${event.result.task}: ${event.result.status}: ${event.result.message}`);
  }
}

function exitCode({ tasks, interrupted, error }: Evaluation): number {
  if (interrupted) return INTERRUPTED;
  if (error === undefined) return 0;
  if (tasks.some(({ status }) => status === "done")) return TASKS_FAILED;
  return (error as GlmEvalError).exitCode;
}

/**
 * Ctrl-C stops at once while the model is loaded, when there is nothing to keep; then after the batch in flight; and
 * a second time at once.
 */
function stopOnCtrlC(progress: Progress, cleanUp: () => Promise<void>) {
  const controller = new AbortController();
  let atOnce = true;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    progress.say(
      atOnce
        ? "interrupted before anything was scored"
        : "stopping after the batch in flight (Ctrl-C again: at once)",
    );
    if (atOnce) void cleanUp().finally(() => process.exit(INTERRUPTED));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    afterBatch(): AbortSignal {
      atOnce = false;
      return controller.signal;
    },
    release: () => process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
}
