export { exactMatchOf } from "./answer-text.js";
export type { MetricOptions } from "./checks.js";
export { computeMetric } from "./compute.js";
export { comparePaired, type PairedComparison } from "./paired.js";
export { findMetric, metricNames } from "./registry.js";
export { type SuiteRule, type SuiteTask, suiteScore } from "./suite.js";
export type { Metric, MetricResult, Prediction } from "./types.js";
