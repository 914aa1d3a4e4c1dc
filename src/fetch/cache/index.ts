export { cacheFolder } from "./cache-folder.js";
export { makeCachedFolder } from "./cached-folder.js";
export { existingFiles, fileSize } from "./existing-files.js";
export { hashFiles } from "./file-hashes.js";
