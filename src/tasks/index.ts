export { builtinTaskFile, builtinTasks, findTask } from "./builtin.js";
export { loadTask } from "./load.js";
export type * from "./types.js";
