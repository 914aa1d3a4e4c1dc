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
import { checkScreen, printResults, samplesIn } from "./print-results.js";

/** Runs tasks, prints their results, and sees whether they are below what --fail-under asks for. */
export async function runAndCheck(options: RunOptions): Promise<void> {
  const { failUnder = [], json, published } = options;
  const format = json ? "json" : options.format;
  checkScreen(format);
  const words = process.argv.slice(2);
  const progress = createProgress();
  const show = showRunEvents(progress, { several: (options.baseline ?? []).length > 0 });
  let folder: OpenRunFolder | undefined;
  const stop = stopOnCtrlC(progress, async () => folder?.close());
  const started = Date.now();
  const shown = () => path.relative("", folder!.path) || ".";
  const toResume = () =>
    `to resume: ${resumeCommand(words, options.output === undefined ? shown() : undefined)}`;
  try {
    const outcome = await run(options, {
      command: ["glm-eval", ...words],
      signal: stop.signal,
      // A mistake is found before the work.
      onTasks: (tasks, suites) => parseFloors(failUnder, { tasks, suites: suites.map(({ name }) => name) }),
      onFolder: (opened) => {
        folder = opened;
      },
      onEvent: (event) => {
        if (event.type === "scoring") stop.keep();
        show(event);
      },
    });
    progress.end();
    // How long a run took that was stopped meanwhile nobody knows.
    const seconds = outcome.record.resumed.length > 0 ? undefined : (Date.now() - started) / 1000;
    if (outcome.results.tasks.length > 0)
      await printResults({ results: outcome.results, samples: () => samplesIn(outcome.folder) }, format, {
        published,
        ...(seconds !== undefined && { seconds }),
      });
    process.stderr.write(
      outcome.interrupted
        ? `interrupted; what is done is in ${shown()}/\n${toResume()}\n`
        : `written in ${shown()}/\n`,
    );
    exitWithOutcomes(outcome.models, outcome.interrupted);
    if (!outcome.interrupted)
      exitBelowFloors(checkFloors(outcome.results, failUnder).map(({ message }) => message));
  } catch (error) {
    progress.end();
    if (folder?.isChanged && existsSync(folder.path))
      progress.say(`what is done is in ${shown()}/\n${toResume()}`);
    throw error;
  } finally {
    progress.end();
    stop.release();
  }
}

/**
 * Sets the exit code: 0 where all is done, 130 where it was stopped, 4 where the model or device failed before anything
 * was done, else 5. A defect of this program is shown with its stack.
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
