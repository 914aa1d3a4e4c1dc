export { makeFolder } from "./folder.js";
export { cacheFolder, hashFiles } from "./hash.js";
