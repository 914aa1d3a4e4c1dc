import { axg } from "./axg.js";
import { multirc } from "./multirc.js";
import { record } from "./record.js";
import type { Reader } from "./types.js";
import { wsc } from "./wsc.js";

/** The readers of data whose rows are not the examples themselves, by the names that task files use. */
export const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["multirc", multirc],
  ["record", record],
  ["wsc", wsc],
  ["axg", axg],
]);

export { plain } from "./plain.js";
export { loadPlugin, type ReaderPlugin } from "./plugin.js";
export { type Place, type ReadExample, type Reader, type Row, rowPlace } from "./types.js";
