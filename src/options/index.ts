export { checkOptions, type OptionMessages } from "./check-options.js";
export * from "./command-options.js";
export {
  type Conventions,
  conventionOptions,
  conventionsSchema,
  PROTOCOLS,
  type Protocol,
  resolveConventions,
  type ScoringOptions,
  scoringOptions,
} from "./conventions-schema.js";
export { type DataOptions, dataOptions } from "./data-schema.js";
export type { Flag, OptionGroup, OptionMeta } from "./flag.js";
export { flagName, listFlags } from "./flags.js";
export {
  type CheckpointOptions,
  checkpointOptions,
  type ModelOptions,
  modelOptions,
  type ReaderOptions,
  readerOptions,
} from "./model-schema.js";
export { type ComparisonFormat, type Format, type OutputOptions, outputOptions } from "./output-schema.js";
export * from "./tasks-command-options.js";
