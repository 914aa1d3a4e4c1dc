import { inspect } from "node:util";
import { GlmEvalError } from "../errors.js";
import type { Metric, Prediction, Units } from "./metric.js";
import { findMetric } from "./registry.js";

const NAME = /^[\w.-]+$/;
const isText = (value: unknown) => typeof value === "string" && value.trim() !== "";
const isFunction = (value: unknown) => typeof value === "function";

/** What a metric's members must be. */
const MEMBERS: Record<keyof Metric, { is: (value: unknown) => boolean; expected: string }> = {
  name: {
    is: (value) => typeof value === "string" && NAME.test(value),
    expected: "a name of letters, digits, _, - and point",
  },
  title: { is: isText, expected: "a text" },
  description: { is: isText, expected: "a text" },
  judges: { is: (value) => value === "labels" || value === "texts", expected: '"labels" or "texts"' },
  readsScores: {
    is: (value) => value === undefined || typeof value === "boolean",
    expected: "true or false",
  },
  better: {
    is: (value) => value === undefined || value === "higher" || value === "lower",
    expected: '"higher" or "lower"',
  },
  units: { is: isFunction, expected: "a function of predictions, labels and what is drawn together" },
  value: { is: isFunction, expected: "a function of sums" },
};

/**
 * A metric from a user's module. What goes wrong in its functions, and what they give that is of no use, is an error that
 * names the module, not a defect of this program.
 * @param found what the module exports
 * @param file the module, for messages
 * @returns what is wrong with it, where it is no metric
 */
export function ownMetric(found: Readonly<Record<string, unknown>>, file: string): Metric | string {
  const wrong = Object.entries(MEMBERS).flatMap(([key, { is, expected }]) =>
    is(found[key])
      ? []
      : [`${key} is ${found[key] === undefined ? "missing" : shown(found[key])}; expected ${expected}`],
  );
  if (wrong.length > 0) return wrong.join(". ");
  const metric = found as unknown as Metric;
  if (findMetric(metric.name) !== undefined)
    return `it calls itself "${metric.name}", which is the name of a metric that comes with glm-eval; expected another`;
  return guarded(metric, file);
}

function guarded(metric: Metric, file: string): Metric {
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
      const wrong = wrongUnits(units);
      if (wrong !== undefined) throw fail(`units() gave ${wrong}`);
      return units;
    },
    value(sums) {
      const value: unknown = call("value()", () => metric.value(sums));
      if (typeof value === "number" && Number.isFinite(value)) return value;
      throw fail(
        `value() gave ${shown(value)} for the sums ${Array.from(sums).join(", ")}; expected a number`,
      );
    },
  };
}

/** What makes units of no use. */
function wrongUnits(units: Units | undefined | null): string | undefined {
  const { name, rows, note } = (units ?? {}) as Partial<Record<keyof Units, unknown>>;
  if (typeof name !== "string" || !Array.isArray(rows))
    return `${shown(units)}; expected { name, rows }: what one row is, and the rows`;
  if (rows.length === 0) return "no rows; expected one for each unit";
  if (note !== undefined && typeof note !== "string") return `the note ${shown(note)}; expected a text`;
  const width = Array.isArray(rows[0]) ? rows[0].length : 0;
  const bad = rows.findIndex(
    (row) => !Array.isArray(row) || row.length !== width || !row.every(Number.isFinite),
  );
  if (bad < 0 && width > 0) return undefined;
  return `the row ${shown(rows[Math.max(bad, 0)])}; expected ${width > 0 ? `${width} numbers` : "numbers"}, as many in every row`;
}

function shown(value: unknown): string {
  const text = inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
