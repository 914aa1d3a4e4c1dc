export {
  type ConversionProgress,
  checkTensors,
  convert,
  MANIFEST,
  writeGraph,
} from "./convert.js";
export { DATA_FILE } from "./data-file-layout.js";
export { GLM_DTYPES, type GlmDtype, toGlmDtype } from "./formats/index.js";
export { countGlmParameters, type Gelu, type GlmConfig, listGlmTensors } from "./glm-config.js";
export { type Attention, BUILDER_VERSION, type Head } from "./glm-graph.js";
export {
  ensureConverted,
  type GlmFolder,
  type LoadedGlm,
  type LoadOptions,
  loadGlm,
  readConfig,
  readGlm,
} from "./load-glm-graph.js";
export { makeRandomCheckpoint } from "./random-checkpoint.js";
