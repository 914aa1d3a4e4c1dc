export type * from "./checkpoint.js";
export { openCheckpoint } from "./open-checkpoint.js";
export { WeightFile } from "./weight-file.js";
export { readZipDirectory, type ZipEntry } from "./zip.js";
export { extractEntry } from "./zip-extract.js";
