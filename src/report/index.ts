export { toCsv, unescapeCsvField } from "./forms/csv.js";
export { renderTable, type TableOptions } from "./forms/text.js";
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
