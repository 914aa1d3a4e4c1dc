export { classTables } from "./class-tables.js";
export { comparisonTable } from "./comparison-table.js";
export { describeLimit } from "./limit-note.js";
export * from "./report-table.js";
export { type ResultsTableOptions, resultsTable } from "./results-table.js";
