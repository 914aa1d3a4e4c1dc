export type { ExportConfig } from "./config.js";
export { readExportConfig } from "./config.js";
export { type ExportFamily, MODEL_GROUPS, type ModelGroup } from "./families.js";
export { findExportFiles } from "./files.js";
export { EDITOR_VERSION } from "./graph.js";
export {
  type ExportFolder,
  type ExportGraph,
  type LoadExportOptions,
  type LoadedExport,
  loadExport,
  readExport,
} from "./load.js";
