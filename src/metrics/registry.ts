import { accuracy } from "./accuracy.js";
import { em } from "./em.js";
import { exactMatch } from "./exact-match.js";
import { f1Macro } from "./f1-macro.js";
import { f1a } from "./f1a.js";
import { genderParity } from "./gender-parity.js";
import { mcc } from "./mcc.js";
import type { Metric } from "./metric.js";
import { tokenF1 } from "./token-f1.js";

const METRICS: ReadonlyMap<string, Metric> = new Map(
  [accuracy, f1Macro, f1a, em, tokenF1, exactMatch, mcc, genderParity].map((metric) => [metric.name, metric]),
);

/** Lists the metric names that a task file may use. */
export function metricNames(): string[] {
  return [...METRICS.keys()];
}

export function findMetric(name: string): Metric | undefined {
  return METRICS.get(name);
}
