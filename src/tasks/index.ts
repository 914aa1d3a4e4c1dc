export { builtinTaskFile, builtinTasks, findTask, resolveTaskFile } from "./builtin-tasks.js";
export { checkMetrics } from "./check-metrics.js";
export { checkCalibration, checkQuestions } from "./check-questions.js";
export { checkTask, type TaskCheck } from "./check-task.js";
export { type ColumnPreview, type DataPreview, MOST_VALUES, previewData } from "./data-preview.js";
export {
  builtinNames,
  builtinSuites,
  checkSuite,
  type Found,
  findCompleteSuites,
  findTasks,
  type Suite,
} from "./find-tasks.js";
export type { DataForm } from "./formats/detect-format.js";
export { goldTexts } from "./gold.js";
export { chooseHubFiles, findHubFiles, type HubNames, hubNames } from "./hub-files.js";
export { loadTask } from "./load-task.js";
export { pullHint } from "./pull-hint.js";
export type { DataRow, ExampleReader, ReadExample, RowNumber } from "./readers/index.js";
export { nearData } from "./split-files.js";
export type * from "./task.js";
export { getMetric, loadRecordedMetric } from "./task-metrics.js";
