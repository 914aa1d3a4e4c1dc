export { comparisonNotes } from "./baseline-notes.js";
export { type ResultsTableOptions, resultsTable } from "./results-table.js";
export * from "./types.js";
