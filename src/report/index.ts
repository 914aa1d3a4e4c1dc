export {
  type Chosen,
  type ChosenOfTask,
  chooseExamples,
  type ExamplesOptions,
  type SamplesByTask,
} from "./choose-examples.js";
export { type ComparisonRecord, comparisonsOf } from "./comparisons.js";
export {
  checkFloors,
  type Floor,
  type FloorNames,
  parseFloor,
  parseFloors,
  type Shortfall,
} from "./floors.js";
export {
  comparisonCsv,
  examplesMarkdown,
  examplesText,
  FORMS,
  type Form,
  type FormOptions,
  format,
  formatComparison,
  formOf,
  latexOf,
  markdownOf,
  renderTable,
  type TableOptions,
  type TextOptions,
  textOf,
  toCsv,
  unescapeCsvField,
} from "./forms/index.js";
export type { HtmlInput } from "./html/index.js";
export {
  listPublished,
  type PublishedRow,
  type PublishedSource,
  type PublishedValue,
  publishedRow,
  publishedValue,
  type Setting,
} from "./published.js";
export { checkSubmission, type SubmissionInput, superglueSubmission } from "./submission/index.js";
export { summarySentences } from "./summary.js";
export {
  type Caption,
  type Cell,
  type Column,
  type ComparisonCell,
  classTables,
  comparisonTable,
  type DifferenceCell,
  type Mark,
  type Note,
  type PCell,
  type ResultsTableOptions,
  type Row,
  resultsTable,
  type Table,
} from "./table/index.js";
