export { type Gelu, type GlmConfig, glmTensors, parameterCount } from "./config.js";
export {
  type ConversionProgress,
  checkTensors,
  convert,
  MANIFEST,
  writeGraph,
} from "./convert.js";
export { GLM_DTYPES, type GlmDtype, glmDtype } from "./formats/index.js";
export { type Attention, BUILDER_VERSION, type Head } from "./graph.js";
export { DATA_FILE } from "./layout.js";
export {
  ensureConverted,
  type GlmFolder,
  type LoadedGlm,
  type LoadOptions,
  loadGlm,
  readConfig,
  readGlm,
} from "./load.js";
export { randomCheckpoint } from "./random.js";
