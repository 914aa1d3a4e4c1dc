export { EDITOR_VERSION } from "./edit-model.js";
export type { ExportConfig } from "./export-config.js";
export { readExportConfig } from "./export-config.js";
export { findExportFiles } from "./find-export-files.js";
export {
  type ExportFolder,
  type ExportGraph,
  type LoadExportOptions,
  type LoadedExport,
  loadExport,
  readExport,
} from "./load-export-graph.js";
export { type ExportFamily, MODEL_GROUPS, type ModelGroup } from "./model-groups.js";
