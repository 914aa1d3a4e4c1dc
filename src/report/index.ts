export { toCsv, unescapeCsvField } from "./csv.js";
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
export { renderTable, type TableOptions } from "./table.js";
