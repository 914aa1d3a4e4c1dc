import { didYouMean, GlmEvalError } from "../errors.js";
import { findEnsemble, findPatternResults, type RunResults, spreads } from "../results/index.js";
import { oneLine } from "./names.js";
import { percent } from "./numbers.js";

/** A value that a run must reach. */
export interface Floor {
  /** a task's or a suite's name */
  readonly name: string;
  /** of a task: its first unless given */
  readonly metric?: string | undefined;
  /** in percent, as the user wrote it */
  readonly percent: string;
  /** the same as a fraction of 1 */
  readonly value: number;
}

/** What fell short of its floor. */
export interface Shortfall {
  readonly floor: Floor;
  /** a fraction of 1; null where there is no value */
  readonly value: number | null;
  /** "copa accuracy 62.0 < 70", "rte accuracy: failed" */
  readonly message: string;
}

/**
 * Reads a floor: TASK=VALUE, TASK:METRIC=VALUE or SUITE=VALUE, the value in percent.
 * @throws GlmEvalError (usage)
 */
export function parseFloor(text: string): Floor {
  const [, target, percent] = /^([^=]+)=\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*%?$/.exec(text.trim()) ?? [];
  // Read as hundredths by the parser, which rounds once: 62.17 is the fraction nearest to 0.6217.
  const value = Number(`${percent}e-2`);
  if (target === undefined || percent === undefined || value < -1 || value > 1)
    throw wrong(text, "expected TASK=VALUE or TASK:METRIC=VALUE, the value in percent from -100 to 100", {
      hint: 'such as "copa=70", "cb:f1_macro=60" or "superglue=50"',
    });
  const at = target.lastIndexOf(":");
  const name = (at < 0 ? target : target.slice(0, at)).trim();
  const metric = at < 0 ? undefined : target.slice(at + 1).trim();
  return { name, metric, percent, value };
}

/** What can be given a floor: the tasks with their metrics, the first of which is the default, and the suites. */
export interface FloorNames {
  readonly tasks: readonly { readonly name: string; readonly metrics: readonly string[] }[];
  readonly suites: readonly string[];
}

/**
 * Reads floors and looks their names up, so that a mistake is found before a run.
 * @throws GlmEvalError (usage) naming the floor and the nearest name
 */
export function parseFloors(floors: readonly string[], names: FloorNames): Floor[] {
  return floors.map((text) => {
    const floor = parseFloor(text);
    const task = names.tasks.find(({ name }) => name === floor.name);
    if (task === undefined) {
      if (!names.suites.includes(floor.name)) {
        const known = [...names.tasks.map(({ name }) => name), ...names.suites];
        throw wrong(text, `the run has no task or suite ${JSON.stringify(floor.name)}`, {
          hint: didYouMean(floor.name, known, "names"),
        });
      }
      if (floor.metric !== undefined && floor.metric !== "score")
        throw wrong(text, `a suite has no metric ${JSON.stringify(floor.metric)}`, {
          hint: `write ${floor.name}=${floor.percent}`,
        });
      return floor;
    }
    // A task that failed has no metrics in the results: then its floor is told by that.
    if (floor.metric !== undefined && task.metrics.length > 0 && !task.metrics.includes(floor.metric))
      throw wrong(text, `${floor.name} has no metric ${JSON.stringify(floor.metric)}`, {
        hint: didYouMean(floor.metric, task.metrics, "metrics"),
      });
    return floor;
  });
}

/**
 * Compares the run's model with floors. A task that ran with several patterns is judged by their ensemble, else by their
 * mean, as the table shows it. What failed or is missing falls short.
 * @param floors as `parseFloor` reads them: "copa=70", "cb:f1_macro=60", "superglue=50"
 * @returns what fell short, in the order of the floors
 * @throws GlmEvalError (usage) for a floor that is none, a task, suite or metric that the run does not have
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
    const { what, value, why } = measure(results, floor);
    if (value === null) return [{ floor, value, message: `${what}: ${why}` }];
    if (value >= floor.value) return [];
    return [{ floor, value, message: `${what} ${below(value, floor)} < ${floor.percent}` }];
  });
}

interface Measured {
  readonly what: string;
  readonly value: number | null;
  /** there is no value */
  readonly why?: string;
}

function measure(results: RunResults, { name, metric }: Floor): Measured {
  const suite = results.suites.find((one) => one.name === name);
  const of = results.tasks.filter(({ task }) => task === name);
  if (of.length === 0 && suite !== undefined) {
    const why = "it has no score, as not all its tasks have a value with one pattern each";
    return { what: `${oneLine(name)} score`, value: suite.score, why };
  }
  const shown = findEnsemble(of, name) ?? findPatternResults(of, name)[0];
  const bad = of.find(({ status }) => status !== "done");
  if (shown === undefined || bad !== undefined) {
    const what = metric === undefined ? oneLine(name) : `${oneLine(name)} ${oneLine(metric)}`;
    const message = bad?.message === undefined ? "" : ` (${oneLine(bad.message)})`;
    return {
      what,
      value: null,
      why: `${bad === undefined ? "it has no gold labels" : bad.status}${message}`,
    };
  }
  const chosen = metric ?? shown.metrics[0]!.metric;
  const own = shown.metrics.find((one) => one.metric === chosen)!.value;
  const spread = spreads(of).find((one) => one.metric === chosen);
  const value = spread === undefined || shown.kind === "ensemble" ? own : spread.mean;
  const what = `${oneLine(name)} ${oneLine(chosen)}`;
  return Number.isNaN(value) ? { what, value: null, why: "it has no value" } : { what, value };
}

/** The value with as many decimals as show it below the floor: 69.96 is not 70.0. */
function below(value: number, floor: Floor): string {
  for (let digits = 1; digits < 12; digits++) {
    const text = (100 * value).toFixed(digits);
    if (Number(text) < Number(floor.percent)) return digits === 1 ? percent(value) : text;
  }
  return String(100 * value);
}

function wrong(floor: string, what: string, options: { hint: string }): GlmEvalError {
  return new GlmEvalError("bad-floor", `--fail-under ${JSON.stringify(floor)}: ${what}`, options);
}
