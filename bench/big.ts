import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import type { GlmConfig, GlmDtype } from "../src/models/glm/index.js";
import { configJson, peakMemory } from "./conversion.js";
import { removeScratch, scratchFolder } from "./scratch.js";
import { writeShards } from "./sparse-checkpoint.js";
import type { Bench } from "./table.js";

/** GLM-10B's: 9.88 billion parameters. */
const CONFIG: GlmConfig = { layers: 48, hidden: 4096, heads: 64, vocabSize: 50304, maxLength: 1024 };
const LIMIT = 2e9;
/** The checkpoint and its largest conversion, both in half precision, plus some reserve. */
const DISK_FOR_ALL = 45e9;

/**
 * Conversion of a checkpoint of GLM-10B's shape, in shards of 5 GB in float16. All values are random if the disk has 45 GB;
 * otherwise only those of the embeddings and the first layer, and the others are zeros in holes of the files.
 */
export const big: Bench = {
  name: "big",
  byName: true,
  async *run() {
    const scratch = await scratchFolder();
    try {
      const folder = path.join(scratch, "checkpoint");
      await mkdir(folder);
      await writeFile(path.join(folder, "config.json"), JSON.stringify(configJson(CONFIG)));
      const { bavail, bsize } = await statfs(scratch);
      const all = bavail * bsize > DISK_FOR_ALL;
      const bytes = await writeShards(folder, CONFIG, (name) => all || !/layers\.([1-9]|\d\d)\./.test(name));
      for (const dtype of ["q4", "int8", "fp16"] as const satisfies readonly GlmDtype[]) {
        const output = path.join(scratch, dtype);
        const start = performance.now();
        const peak = await peakMemory(
          ["models", "convert", folder, "--output", output, "--dtype", dtype],
          scratch,
        );
        const seconds = (performance.now() - start) / 1000;
        await rm(output, { recursive: true });
        const hash =
          dtype === "q4" ? ", of which some to read the checkpoint for its hash, which is remembered" : "";
        yield {
          bench: "big",
          what: `peak memory, GLM-10B's shape, ${(bytes / 1e9).toFixed(1)} GB float16 in shards → ${dtype}`,
          result: `**${(peak / 1e6).toFixed(0)} MB**`,
          rounds: 1,
          aim: `≤ ${LIMIT / 1e6} MB`,
          reached: peak <= LIMIT,
          note: `${seconds.toFixed(0)} s${hash}; ${all ? "all values random" : "values random in the embeddings and one layer, else 0"}`,
        };
      }
    } finally {
      await removeScratch(scratch);
    }
  },
};
