export { computeMetric, type MetricOptions } from "./compute.js";
export { findMetric, metricNames } from "./registry.js";
export { SUPERGLUE_TASKS, superglueScore } from "./superglue.js";
export type { Metric, MetricResult, Prediction } from "./types.js";
