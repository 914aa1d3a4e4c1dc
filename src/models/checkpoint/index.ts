export { openCheckpoint } from "./open-checkpoint.js";
export type * from "./types.js";
