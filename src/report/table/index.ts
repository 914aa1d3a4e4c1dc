export { classTables } from "./class-tables.js";
export { comparisonTable } from "./comparison-table.js";
export { limitText } from "./limit-note.js";
export { notes } from "./notes.js";
export * from "./report-table.js";
export { type ResultsTableOptions, resultsTable } from "./results-table.js";
