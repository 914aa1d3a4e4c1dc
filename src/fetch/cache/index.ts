export { cacheFolder } from "./cache-folder.js";
export { makeCachedFolder } from "./cached-folder.js";
export { existingFiles, fileSize } from "./existing-files.js";
export { combineHashes, type HashOptions, hashEach, hashFiles } from "./file-hashes.js";
export { makeFolder } from "./make-folder.js";
export { writeToCache } from "./write-to-cache.js";
