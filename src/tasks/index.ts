export { builtinTaskFile, builtinTasks, findTask, taskFileOf } from "./builtin.js";
export { checkTask, type TaskCheck } from "./check.js";
export { checkQuestions } from "./check-questions.js";
export { goldTexts } from "./gold.js";
export { loadTask } from "./load.js";
export { type ColumnPreview, type DataPreview, MOST_VALUES, previewData } from "./preview.js";
export type { ReadExample, Reader, Row } from "./readers/index.js";
export { builtinNames, builtinSuites, checkSuite, findTasks, type Suite, suitesOf } from "./suite.js";
export type * from "./types.js";
