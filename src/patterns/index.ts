export { parseCloze } from "./cloze.js";
export { type CompiledPattern, type CompiledText, compilePattern, compileText } from "./compile.js";
export { type Fields, unknownColumn } from "./expression.js";
export type { Origin } from "./origin.js";
export { type PartLength, type TruncationRule, truncate } from "./truncate.js";
export type * from "./types.js";
