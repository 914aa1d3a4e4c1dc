import type { HtmlInput } from "./html/index.js";

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
export { summarySentences } from "./summary.js";
export { renderTable, type TableOptions } from "./table.js";
export type { HtmlInput };

/** `renderHtml` of html/, loaded when it is asked for: what draws takes a quarter of a second to load. */
export async function renderHtml(input: HtmlInput): Promise<string> {
  const html = await import("./html/index.js");
  return html.renderHtml(input);
}
