import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type GlmConfig, listGlmTensors } from "../src/models/glm/index.js";
import { removeScratch, scratchFolder } from "./scratch.js";
import { writeSafetensors, writeTorchZip } from "./sparse-checkpoint.js";
import type { Bench } from "./table.js";

/** Twenty layers of GLM-2B's width and its vocabulary: 1.1 billion parameters, 4.4 GB in float32. */
const CONFIG: GlmConfig = { layers: 20, hidden: 2048, heads: 32, vocabSize: 50304, maxLength: 1024 };
const MB = 1e6;
const COMMAND = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

/** Peak memory of `glm-eval models convert` on a checkpoint of several GB, against a limit set by its largest tensor. */
export const conversion: Bench = {
  name: "conversion",
  async *run() {
    const largest =
      4 * Math.max(...[...listGlmTensors(CONFIG).values()].map((shape) => shape.reduce((a, b) => a * b)));
    const limit = 3 * largest + 300 * MB;
    const formats = [
      { format: "model.safetensors, float32", write: writeSafetensors },
      { format: "pytorch_model.bin, float16", write: writeTorchZip },
    ];
    for (const { format, write } of formats) {
      const scratch = await scratchFolder();
      try {
        const folder = path.join(scratch, "checkpoint");
        await mkdir(folder);
        await writeFile(path.join(folder, "config.json"), JSON.stringify(configJson(CONFIG)));
        const bytes = await write(folder, CONFIG);
        const start = performance.now();
        const peak = await peakMemory(
          ["models", "convert", folder, "--output", path.join(scratch, "converted")],
          scratch,
        );
        const seconds = (performance.now() - start) / 1000;
        yield {
          bench: "conversion",
          what: `peak memory, ${(bytes / 1e9).toFixed(2)} GB ${format}`,
          result: `**${(peak / MB).toFixed(0)} MB**, ${((100 * peak) / bytes).toFixed(1)} % of the checkpoint`,
          rounds: 1,
          aim: `≤ ${(limit / MB).toFixed(0)} MB`,
          reached: peak <= limit,
          note: `largest tensor ${(largest / MB).toFixed(0)} MB as float32; ${seconds.toFixed(0)} s`,
        };
      } finally {
        await removeScratch(scratch);
      }
    }
  },
};

/** A GLM's config.json. */
export function configJson({ layers, hidden, heads, vocabSize, maxLength }: GlmConfig): object {
  return {
    model_type: "glm",
    num_layers: layers,
    hidden_size: hidden,
    num_attention_heads: heads,
    vocab_size: vocabSize,
    max_sequence_length: maxLength,
  };
}

/**
 * Runs the command in a separate process and returns its peak resident memory, in bytes. On Linux this is VmHWM, because
 * getrusage's figure starts at the parent's after a fork.
 */
export async function peakMemory(args: readonly string[], scratch: string): Promise<number> {
  const report = path.join(scratch, "peak");
  const hook =
    `import fs from "node:fs"; process.on("exit", () => { let kB = process.resourceUsage().maxRSS; ` +
    `try { kB = /VmHWM:\\s*(\\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]; } catch {} ` +
    `fs.writeFileSync(${JSON.stringify(report)}, String(kB)); });`;
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, COMMAND, ...args],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, GLM_EVAL_CACHE: path.join(scratch, "cache") },
    },
  );
  const kill = () => child.kill();
  process.once("exit", kill);
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += String(chunk);
  });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  process.off("exit", kill);
  if (code !== 0) throw new Error(`the conversion ended with ${code}: ${errors.slice(-2000)}`);
  return 1024 * Number(await readFile(report, "utf8"));
}
