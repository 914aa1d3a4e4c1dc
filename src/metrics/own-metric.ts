import { inspect } from "node:util";
import { GlmEvalError } from "../errors.js";
import type { Metric, Prediction, Units } from "./metric.js";
import { findMetric } from "./registry.js";

const NAME = /^[\w.-]+$/;
const isText = (value: unknown) => typeof value === "string" && value.trim() !== "";
const isFunction = (value: unknown) => typeof value === "function";

/** Validity checks for the members of a metric. */
const MEMBERS: Record<keyof Metric, { is: (value: unknown) => boolean; expected: string }> = {
  name: {
    is: (value) => typeof value === "string" && NAME.test(value),
    expected: "a name of letters, digits, _, . and -",
  },
  title: { is: isText, expected: "non-empty text" },
  description: { is: isText, expected: "non-empty text" },
  judges: { is: (value) => value === "labels" || value === "texts", expected: '"labels" or "texts"' },
  readsScores: {
    is: (value) => value === undefined || typeof value === "boolean",
    expected: "true or false",
  },
  better: {
    is: (value) => value === undefined || value === "higher" || value === "lower",
    expected: '"higher" or "lower"',
  },
  units: { is: isFunction, expected: "a function of predictions, labels and the unit of resampling" },
  value: { is: isFunction, expected: "a function of sums" },
};

/**
 * Makes a metric from a user's module. An exception in its functions, or an invalid result, becomes an error that names
 * the module instead of a bug in this program.
 * @param found the module's exports
 * @param file the module's path, for messages
 * @returns the metric, or a message if the module does not export a valid one
 */
export function ownMetric(found: Readonly<Record<string, unknown>>, file: string): Metric | string {
  const wrong = Object.entries(MEMBERS).flatMap(([key, { is, expected }]) =>
    is(found[key])
      ? []
      : [`${key} is ${found[key] === undefined ? "missing" : formatValue(found[key])}; expected ${expected}`],
  );
  if (wrong.length > 0) return wrong.join(". ");
  const metric = found as unknown as Metric;
  if (findMetric(metric.name) !== undefined)
    return `its name "${metric.name}" is taken by a built-in metric; expected another name`;
  return guardMetric(metric, file);
}

function guardMetric(metric: Metric, file: string): Metric {
  const { name, title, description, judges, readsScores, better } = metric;
  const fail = (message: string, cause?: unknown): GlmEvalError =>
    new GlmEvalError("bad-metric", `metric ${name} (${file}): ${message}`, { cause });
  const call = <T>(member: string, run: () => T): T => {
    try {
      return run();
    } catch (cause) {
      const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      throw fail(`${member} failed: ${reason}`, cause);
    }
  };
  return {
    name,
    title,
    description,
    judges,
    ...(readsScores !== undefined && { readsScores }),
    ...(better !== undefined && { better }),
    units(predictions: readonly Prediction[], labels, by) {
      const units = call("units()", () => metric.units(predictions, labels, by));
      const wrong = checkUnits(units);
      if (wrong !== undefined) throw fail(`units() returned ${wrong}`);
      return units;
    },
    value(sums) {
      const value: unknown = call("value()", () => metric.value(sums));
      if (typeof value === "number" && Number.isFinite(value)) return value;
      throw fail(
        `value() returned ${formatValue(value)} for the sums ${Array.from(sums).join(", ")}; expected a number`,
      );
    },
  };
}

/** Describes what is wrong with the units; undefined if they are valid. */
function checkUnits(units: Units | undefined | null): string | undefined {
  const { name, rows, note } = (units ?? {}) as Partial<Record<keyof Units, unknown>>;
  if (typeof name !== "string" || !Array.isArray(rows))
    return `${formatValue(units)}; expected { name, rows }`;
  if (rows.length === 0) return "no rows; expected one per unit";
  if (note !== undefined && typeof note !== "string") return `the note ${formatValue(note)}; expected text`;
  const width = Array.isArray(rows[0]) ? rows[0].length : 0;
  const bad = rows.findIndex(
    (row) => !Array.isArray(row) || row.length !== width || !row.every(Number.isFinite),
  );
  if (bad < 0 && width > 0) return undefined;
  return `the row ${formatValue(rows[Math.max(bad, 0)])}; expected ${width > 0 ? `${width} numbers` : "numbers"}, the same count in every row`;
}

function formatValue(value: unknown): string {
  const text = inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
