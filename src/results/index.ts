export { compareEvaluations, type Evaluated, type Judged } from "./compare-evaluations.js";
export { findComparison, isUnlabelled, judgedExamples, suiteScoreOf } from "./lookup.js";
export { type ClassResult, perClass } from "./per-class.js";
export { fromJson, toJson } from "./results-json.js";
export { isRight } from "./right.js";
export type * from "./run-results.js";
export { parseSample, type Sample, type SampleAnswer, sampleLine } from "./sample.js";
export { ensembleResult, mainResult, type PatternValue, patternsOf, type Spread, spreads } from "./spread.js";
