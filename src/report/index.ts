export {
  type ChosenExample,
  chooseExamples,
  type ExamplesOptions,
  type SamplesByTask,
  type TaskExamples,
} from "./choose-examples.js";
export { type ComparisonRecord, listComparisons } from "./comparisons.js";
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
  getForm,
  renderTable,
  type TableOptions,
  type TextOptions,
  toCsv,
  toLatex,
  toMarkdown,
  toText,
  unescapeCsvField,
} from "./forms/index.js";
export type { HtmlInput } from "./html/index.js";
export {
  findPublishedRow,
  getPublishedValue,
  listPublished,
  type PublishedRow,
  type PublishedSource,
  type PublishedValue,
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
