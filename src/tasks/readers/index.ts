import { axg } from "./axg.js";
import type { ExampleReader } from "./example-reader.js";
import { multirc } from "./multirc.js";
import { record } from "./record.js";
import { wsc } from "./wsc.js";

/** The readers for data whose rows are not the examples themselves, by the names that task files use. */
export const READERS: ReadonlyMap<string, ExampleReader> = new Map<string, ExampleReader>([
  ["multirc", multirc],
  ["record", record],
  ["wsc", wsc],
  ["axg", axg],
]);

export {
  type DataRow,
  type ExampleReader,
  getRowPosition,
  type ReadExample,
  type RowNumber,
} from "./example-reader.js";
export { plain } from "./plain.js";
export { loadPlugin, type ReaderPlugin } from "./reader-module.js";
export { Values } from "./row-values.js";
