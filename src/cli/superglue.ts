import path from "node:path";
import { GlmEvalError } from "../errors.js";
import { type RunResults, renderTable, toCsv, toJson } from "../report/index.js";
import { type Evaluation, evaluate, RunFolder } from "../runner/index.js";
import type { Model } from "../scoring/index.js";
import { builtinTasks, findTask, type Task } from "../tasks/index.js";
import { BUNDLED_DATA, BUNDLED_MODEL, BUNDLED_MODEL_NOTE, packageVersion } from "./bundled.js";
import { INTERRUPTED, TASKS_FAILED } from "./exit.js";
import { conventionsOf, loadFor, planOf, positive } from "./load.js";
import type { DataArguments, ModelArguments, OutputArguments, ScoringArguments } from "./options.js";
import { createProgress, type Progress } from "./progress.js";

type RunArguments = ModelArguments & ScoringArguments & DataArguments & OutputArguments;

const DIAGNOSTICS = ["axb", "axg"];

/** `glm-eval superglue`: the eight tasks, and the two diagnostics where asked. */
export async function superglue(
  argv: RunArguments & { diagnostics: boolean; tasks?: string },
): Promise<void> {
  const names = builtinTasks().filter((name) => argv.diagnostics || !DIAGNOSTICS.includes(name));
  await runNamed(argv.tasks ? list(argv.tasks) : names, argv);
}

/** `glm-eval run TASK…` */
export async function runTasks(argv: RunArguments & { task: string[] }): Promise<void> {
  await runNamed(argv.task, argv);
}

async function runNamed(names: readonly string[], argv: RunArguments): Promise<void> {
  positive("--limit", argv.limit);
  const started = new Date();
  const progress = createProgress();
  const tasks = await Promise.all(names.map(findTask));
  const conventions = conventionsOf(argv);
  const plan = planOf(argv);
  const dataRoot = argv.data ?? BUNDLED_DATA;
  const published = argv.published === "none" ? [] : list(argv.published);
  const name = path.basename(argv.model ?? BUNDLED_MODEL);
  const stamp = started.toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = await RunFolder.create(argv.output ?? path.join("results", `${stamp}-${name}`));
  const stop = stopOnCtrlC(progress);
  try {
    const model = await loadFor(argv, progress);
    try {
      const evaluation = await evaluate(model.scorer, tasks, {
        ...plan,
        conventions,
        dataRoot,
        split: argv.split,
        signal: stop.signal,
        ...(argv.limit && { limit: argv.limit }),
        ...(argv.patterns && { patterns: argv.patterns === "all" ? "all" : list(argv.patterns) }),
        onScored: (entries) => folder.append(entries),
        onSamples: (task, samples) => folder.appendSamples(task.name, samples),
        onEvent: (event) => {
          if (event.type === "task") {
            progress.say(`${event.task.name}: ${event.examples} examples, pattern ${event.pattern}`);
          } else if (event.type === "progress") {
            const { questions, totalQuestions } = event.progress;
            progress.update(event.task.name, questions, totalQuestions, "questions");
          } else if (event.result.status !== "done") {
            progress.say(`${event.result.task}: ${event.result.status}: ${event.result.message}`);
          }
        },
      });
      progress.end();
      const results: RunResults = {
        schema: 1,
        model: argv.model ?? name,
        ...(path.resolve(argv.model ?? BUNDLED_MODEL) === path.resolve(BUNDLED_MODEL) && {
          modelNote: BUNDLED_MODEL_NOTE,
        }),
        protocol: argv.protocol,
        split: argv.split,
        sampleData: path.resolve(dataRoot) === path.resolve(BUNDLED_DATA),
        seconds: (Date.now() - started.getTime()) / 1000,
        tasks: evaluation.tasks,
        superglueScore: evaluation.superglueScore,
      };
      const manifest = { argv, conventions, plan, model, tasks, evaluation, started, dataRoot };
      await folder.write("run.json", `${JSON.stringify(describeRun(manifest), null, 2)}\n`);
      await folder.write("results.json", toJson(results));
      await folder.write("results.csv", toCsv(results, { published }));
      process.stdout.write(argv.json ? toJson(results) : `${renderTable(results, { published })}\n`);
      const shown = path.relative("", folder.path) || ".";
      process.stderr.write(
        `${evaluation.interrupted ? "interrupted; what is done is" : "written"} in ${shown}/\n`,
      );
      process.exitCode = exitCode(evaluation);
    } finally {
      await model.scorer.close();
    }
  } finally {
    progress.end();
    stop.release();
    await folder.close();
  }
}

function exitCode({ tasks, interrupted, error }: Evaluation): number {
  if (interrupted) return INTERRUPTED;
  if (tasks.some(({ status }) => status === "done")) return error === undefined ? 0 : TASKS_FAILED;
  if (error instanceof GlmEvalError) return error.exitCode;
  return new GlmEvalError("data", "no task's data was found").exitCode;
}

/** Everything that one needs to know to run the same again: what was asked, of what, with which conventions. */
function describeRun(run: {
  argv: RunArguments;
  conventions: object;
  plan: object;
  model: Model;
  tasks: readonly Task[];
  evaluation: Evaluation;
  started: Date;
  dataRoot: string;
}): object {
  return {
    schema: 1,
    glm_eval: packageVersion(),
    command: ["glm-eval", ...process.argv.slice(2)],
    started: run.started.toISOString(),
    finished: new Date().toISOString(),
    interrupted: run.evaluation.interrupted,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    model: { name: run.model.name, ...run.model.facts, notes: run.model.notes },
    conventions: run.conventions,
    plan: run.plan,
    data: {
      root: run.dataRoot,
      split: run.argv.split,
      limit: run.argv.limit ?? null,
      files: run.evaluation.data,
    },
    tasks: run.tasks.map(({ name, file, hash }) => ({ name, file, sha256: hash })),
  };
}

/** The first Ctrl-C stops after the batch in flight, the second at once. */
function stopOnCtrlC(progress: Progress): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    progress.say("stopping after the batch in flight (Ctrl-C again: at once)");
    controller.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    release: () => process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
}

function list(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean);
}
