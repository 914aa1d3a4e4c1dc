export type { InfillQuestion } from "./infill-batch.js";
export { infillEngine } from "./infill-engine.js";
export { infillReader } from "./infill-reader.js";
