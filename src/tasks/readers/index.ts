import { axg } from "./axg.js";
import { jsonl } from "./jsonl.js";
import { multirc } from "./multirc.js";
import { record } from "./record.js";
import type { Reader } from "./types.js";
import { wsc } from "./wsc.js";

/** The readers by the names that task files use. */
export const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["jsonl", jsonl],
  ["multirc", multirc],
  ["record", record],
  ["wsc", wsc],
  ["axg", axg],
]);

export type { ReadExample, Reader, Row } from "./types.js";
