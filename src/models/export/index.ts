export { EDITOR_VERSION } from "./edit-model.js";
export type { ExportConfig } from "./export-config.js";
export { readExportConfig } from "./export-config.js";
export { type ExportFolder, readExport } from "./export-folder.js";
export { findExportFiles } from "./find-export-files.js";
export {
  type ExportGraph,
  type LoadExportOptions,
  type LoadedExport,
  loadExport,
} from "./load-export-graph.js";
export { type ExportFamily, MODEL_GROUPS, type ModelGroup } from "./model-groups.js";
