export type * from "./cloze-question.js";
export { type CompiledPattern, type CompiledText, compilePattern, compileText } from "./compile.js";
export { type Fields, unknownColumn } from "./expression.js";
export type { Origin } from "./origin.js";
export { parseCloze } from "./parse-cloze.js";
export { formatColumn } from "./row.js";
export { type PartLength, type TruncationRule, truncate } from "./truncate.js";
