export { isOriginalGlm, readConfigJson, readOptionalJson } from "./config-json.js";
export { DTYPE_SUFFIX, DTYPES, type Dtype } from "./dtypes.js";
