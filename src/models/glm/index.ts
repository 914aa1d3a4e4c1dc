export { type Gelu, type GlmConfig, glmTensors, parameterCount } from "./config.js";
export {
  type ConversionProgress,
  checkTensors,
  convert,
  DATA_FILE,
  MANIFEST,
  writeGraph,
} from "./convert.js";
export type { Attention, Head } from "./graph.js";
export { ensureConverted, type LoadedGlm, type LoadOptions, loadGlm, readConfig } from "./load.js";
export { randomCheckpoint } from "./random.js";
