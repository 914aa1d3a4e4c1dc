export { compareEvaluations, type Evaluated, type Judged } from "./compare-evaluations.js";
export { countJudgedExamples, findComparison, getSuiteScore, isUnlabelled } from "./lookup.js";
export { type ClassResult, computeClassResults } from "./per-class.js";
export { fromJson, toJson } from "./results-json.js";
export { isRight } from "./right.js";
export type * from "./run-results.js";
export { formatSample, parseSample, type Sample, type SampleAnswer } from "./sample.js";
export {
  findEnsemble,
  findMainResult,
  findPatternResults,
  type PatternValue,
  type Spread,
  spreads,
} from "./spread.js";
