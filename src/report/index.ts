export { toCsv, unescapeCsvField } from "./csv.js";
export { fromJson, toJson } from "./json.js";
export {
  listPublished,
  type PublishedRow,
  type PublishedSource,
  type PublishedValue,
  publishedRow,
  publishedValue,
  type Setting,
  type Verification,
} from "./published.js";
export { type Spread, spreads } from "./spread.js";
export { renderTable, type TableOptions } from "./table.js";
export type * from "./types.js";
