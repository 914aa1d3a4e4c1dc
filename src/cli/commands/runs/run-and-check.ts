import { existsSync } from "node:fs";
import path from "node:path";
import { GlmEvalError } from "../../../errors.js";
import type { RunOptions } from "../../../options/index.js";
import { checkFloors, parseFloors } from "../../../report/index.js";
import { type ModelOutcome, type OpenRunFolder, resumeCommand, run } from "../../../runner/index.js";
import { exitBelowFloors, exitWith, INTERRUPTED, TASKS_FAILED } from "../../terminal/exit.js";
import { createProgress } from "../../terminal/progress.js";
import { showRunEvents } from "../../terminal/run-events.js";
import { stopOnCtrlC } from "../../terminal/stop.js";
import { checkTerminalOutput, printResults, readFolderSamples } from "./print-results.js";

/** Runs tasks, prints their results, and checks them against --fail-under. */
export async function runAndCheck(options: RunOptions): Promise<void> {
  const { failUnder = [], json, published } = options;
  const format = json ? "json" : options.format;
  checkTerminalOutput(format);
  const words = process.argv.slice(2);
  const progress = createProgress();
  const show = showRunEvents(progress, { several: (options.baseline ?? []).length > 0 });
  let folder: OpenRunFolder | undefined;
  const stop = stopOnCtrlC(progress, async () => folder?.close());
  const started = Date.now();
  const shownFolder = () => path.relative("", folder!.path) || ".";
  const resumeHint = () =>
    `to resume: ${resumeCommand(words, options.output === undefined ? shownFolder() : undefined)}`;
  try {
    const outcome = await run(options, {
      command: ["glm-eval", ...words],
      signal: stop.signal,
      // Invalid floors are reported before the work starts.
      onTasks: (tasks, suites) => parseFloors(failUnder, { tasks, suites: suites.map(({ name }) => name) }),
      onFolder: (opened) => {
        folder = opened;
      },
      onEvent: (event) => {
        if (event.type === "scoring") stop.keepResults();
        show(event);
      },
    });
    progress.end();
    // The duration of a run that was stopped in between is unknown.
    const seconds = outcome.record.resumed.length > 0 ? undefined : (Date.now() - started) / 1000;
    if (outcome.results.tasks.length > 0)
      await printResults(
        { results: outcome.results, samples: () => readFolderSamples(outcome.folder) },
        format,
        {
          published,
          ...(seconds !== undefined && { seconds }),
        },
      );
    process.stderr.write(
      outcome.interrupted
        ? `interrupted; finished work is in ${shownFolder()}/\n${resumeHint()}\n`
        : `results written to ${shownFolder()}/\n`,
    );
    exitWithOutcomes(outcome.models, outcome.interrupted);
    if (!outcome.interrupted)
      exitBelowFloors(checkFloors(outcome.results, failUnder).map(({ message }) => message));
  } catch (error) {
    progress.end();
    if (folder?.isChanged && existsSync(folder.path))
      progress.say(`finished work is in ${shownFolder()}/\n${resumeHint()}`);
    throw error;
  } finally {
    progress.end();
    stop.release();
  }
}

/**
 * Sets the exit code: 0 if everything finished, 130 if the run was stopped, 4 if the model or device failed before any task
 * was done, else 5. An internal error is printed with its stack.
 */
function exitWithOutcomes(outcomes: readonly ModelOutcome[], interrupted: boolean): void {
  const errors = outcomes.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const defect = errors.find((error) => !(error instanceof GlmEvalError));
  if (interrupted) process.exitCode = INTERRUPTED;
  else if (defect !== undefined) exitWith(defect);
  else if (errors.length > 0) {
    const done = outcomes.some(({ evaluation }) => evaluation?.tasks.some(({ status }) => status === "done"));
    const first = errors[0] as GlmEvalError;
    process.exitCode = done || first.kind !== "model" ? TASKS_FAILED : first.exitCode;
  }
}
