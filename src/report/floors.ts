import { didYouMean, GlmEvalError } from "../errors.js";
import { findEnsemble, findPatternResults, type RunResults, spreads } from "../results/index.js";
import { oneLine } from "./names.js";
import { formatFraction } from "./numbers.js";

/** A value that a run must reach. */
export interface Floor {
  /** a task's or a suite's name */
  readonly name: string;
  /** for a task (default: its first metric) */
  readonly metric?: string | undefined;
  /** in percent, as the user wrote it */
  readonly percent: string;
  /** the same as a fraction of 1 */
  readonly value: number;
}

/** A value below its floor. */
export interface Shortfall {
  readonly floor: Floor;
  /** a fraction of 1; null if there is no value */
  readonly value: number | null;
  /** "copa accuracy 62.0 < 70", "rte accuracy: failed" */
  readonly message: string;
}

/**
 * Parses a floor: TASK=VALUE, TASK:METRIC=VALUE or SUITE=VALUE, with the value in percent.
 * @throws GlmEvalError (usage)
 */
export function parseFloor(text: string): Floor {
  const [, target, percent] = /^([^=]+)=\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*%?$/.exec(text.trim()) ?? [];
  // Appending the exponent rounds only once: 62.17 becomes the double nearest to 0.6217.
  const value = Number(`${percent}e-2`);
  if (target === undefined || percent === undefined || value < -1 || value > 1)
    throw floorError(
      text,
      "expected TASK=VALUE or TASK:METRIC=VALUE, with the value in percent from -100 to 100",
      {
        hint: 'for example "copa=70", "cb:f1_macro=60" or "superglue=50"',
      },
    );
  const at = target.lastIndexOf(":");
  const name = (at < 0 ? target : target.slice(0, at)).trim();
  const metric = at < 0 ? undefined : target.slice(at + 1).trim();
  return { name, metric, percent, value };
}

/** What can have a floor: suites, and tasks with their metrics (the first metric is the default). */
export interface FloorNames {
  readonly tasks: readonly { readonly name: string; readonly metrics: readonly string[] }[];
  readonly suites: readonly string[];
}

/**
 * Parses floors and looks up their names, so that a mistake is found before the run starts.
 * @throws GlmEvalError (usage) with the floor and the nearest name
 */
export function parseFloors(floors: readonly string[], names: FloorNames): Floor[] {
  return floors.map((text) => {
    const floor = parseFloor(text);
    const task = names.tasks.find(({ name }) => name === floor.name);
    if (task === undefined) {
      if (!names.suites.includes(floor.name)) {
        const known = [...names.tasks.map(({ name }) => name), ...names.suites];
        throw floorError(text, `the run has no task or suite ${JSON.stringify(floor.name)}`, {
          hint: didYouMean(floor.name, known, "names"),
        });
      }
      if (floor.metric !== undefined && floor.metric !== "score")
        throw floorError(text, `a suite has no metric ${JSON.stringify(floor.metric)}`, {
          hint: `write ${floor.name}=${floor.percent}`,
        });
      return floor;
    }
    // A failed task has no metrics in the results; `checkFloors` then reports the failure instead.
    if (floor.metric !== undefined && task.metrics.length > 0 && !task.metrics.includes(floor.metric))
      throw floorError(text, `${floor.name} has no metric ${JSON.stringify(floor.metric)}`, {
        hint: didYouMean(floor.metric, task.metrics, "metrics"),
      });
    return floor;
  });
}

/**
 * Checks the run's model against floors. A task that ran with several patterns is checked by their ensemble, or by their
 * mean if there is no ensemble, as in the table. Failed and missing tasks fall short.
 * @param floors as `parseFloor` reads them: "copa=70", "cb:f1_macro=60", "superglue=50"
 * @returns the values below their floors, in the order of the floors
 * @throws GlmEvalError (usage) for an invalid floor, or a task, suite or metric that the run does not have
 *
 * @example
 * const results = await readResults(await readRun("runs/large"));
 * for (const { message } of checkFloors(results, ["copa=70", "rte:accuracy=50"])) console.log(message);
 */
export function checkFloors(results: RunResults, floors: readonly string[]): Shortfall[] {
  const names = [...new Set(results.tasks.map(({ task }) => task))];
  const tasks = names.map((name) => ({
    name,
    metrics: results.tasks.find(({ task, metrics }) => task === name && metrics.length > 0)?.metrics ?? [],
  }));
  const known: FloorNames = {
    tasks: tasks.map(({ name, metrics }) => ({ name, metrics: metrics.map(({ metric }) => metric) })),
    suites: results.suites.map(({ name }) => name),
  };
  return parseFloors(floors, known).flatMap((floor): Shortfall[] => {
    const { what, value, why } = findValue(results, floor);
    if (value === null) return [{ floor, value, message: `${what}: ${why}` }];
    if (value >= floor.value) return [];
    return [{ floor, value, message: `${what} ${formatBelow(value, floor)} < ${floor.percent}` }];
  });
}

interface FoundValue {
  readonly what: string;
  readonly value: number | null;
  /** why there is no value */
  readonly why?: string;
}

function findValue(results: RunResults, { name, metric }: Floor): FoundValue {
  const suite = results.suites.find((one) => one.name === name);
  const taskResults = results.tasks.filter(({ task }) => task === name);
  if (taskResults.length === 0 && suite !== undefined) {
    const why = "no score, because not every task has a value from one pattern";
    return { what: `${oneLine(name)} score`, value: suite.score, why };
  }
  const shown = findEnsemble(taskResults, name) ?? findPatternResults(taskResults, name)[0];
  const bad = taskResults.find(({ status }) => status !== "done");
  if (shown === undefined || bad !== undefined) {
    const what = metric === undefined ? oneLine(name) : `${oneLine(name)} ${oneLine(metric)}`;
    const message = bad?.message === undefined ? "" : ` (${oneLine(bad.message)})`;
    return {
      what,
      value: null,
      why: `${bad === undefined ? "no gold labels" : bad.status}${message}`,
    };
  }
  const chosen = metric ?? shown.metrics[0]!.metric;
  const own = shown.metrics.find((one) => one.metric === chosen)!.value;
  const spread = spreads(taskResults).find((one) => one.metric === chosen);
  const value = spread === undefined || shown.kind === "ensemble" ? own : spread.mean;
  const what = `${oneLine(name)} ${oneLine(chosen)}`;
  return Number.isNaN(value) ? { what, value: null, why: "no value" } : { what, value };
}

/** Formats the value with enough decimals to show that it is below the floor: 69.96 is not 70.0. */
function formatBelow(value: number, floor: Floor): string {
  for (let digits = 1; digits < 12; digits++) {
    const text = (100 * value).toFixed(digits);
    if (Number(text) < Number(floor.percent)) return digits === 1 ? formatFraction(value) : text;
  }
  return String(100 * value);
}

function floorError(floor: string, what: string, options: { hint: string }): GlmEvalError {
  return new GlmEvalError("bad-floor", `--fail-under ${JSON.stringify(floor)}: ${what}`, options);
}
