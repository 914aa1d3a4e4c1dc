import { statfs } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { packageVersion } from "../../../bundled.js";
import { cacheFolder } from "../../../fetch/cache/index.js";
import { snakeKeys } from "../../../json.js";
import { type Examined, examineDevices, getRuntimeFacts } from "../../../models/devices/index.js";
import type { PrintingOptions } from "../../../options/index.js";
import { plainTable } from "../../terminal/plain-table.js";
import { createProgress } from "../../terminal/progress.js";

/** Exit code where not even the CPU works. */
const NOTHING_WORKS = 4;

/** `glm-eval doctor`: what this machine has, which devices work on it, and what to do about those that do not. */
export async function doctor(argv: PrintingOptions): Promise<void> {
  const progress = createProgress();
  const devices = await examineDevices((device) => progress.say(`testing ${device} …`));
  progress.end();
  const machine = await machineFacts();
  const runtime = getRuntimeFacts();
  if (argv.json) {
    const all = { glmEval: packageVersion(), machine, onnxruntime: runtime, devices };
    process.stdout.write(`${JSON.stringify(snakeKeys(all), null, 2)}\n`);
  } else {
    const { cpu, cores, memoryBytes, cache, node, platform } = machine;
    const facts = [
      ["glm-eval", packageVersion()],
      ["processor", `${cpu}, ${cores} core${cores === 1 ? "" : "s"}`],
      ["memory", gigabytes(memoryBytes)],
      ["cache", `${cache.folder}, ${gigabytes(cache.freeBytes)} free`],
      ["Node", `${node}, ${platform}`],
      ["ONNX Runtime", `${runtime.version}, with ${runtime.providers.join(", ")}`],
    ];
    const width = Math.max(...facts.map(([name]) => name!.length));
    process.stdout.write(facts.map(([name, value]) => `${name!.padEnd(width)}  ${value}\n`).join(""));
    process.stdout.write(`\n${deviceTable(devices)}\n`);
    const remarks = devices.flatMap(remarksOf);
    if (remarks.length > 0) process.stdout.write(`\n${remarks.join("\n")}\n`);
  }
  if (!devices.some(({ device, works }) => device === "cpu" && works)) process.exitCode = NOTHING_WORKS;
}

function deviceTable(devices: readonly Examined[]): string {
  const head = ["device", "works", "attention", "off the CPU by", "GFLOP/s"];
  const rows = devices.map((found) =>
    found.works
      ? [
          found.device,
          "yes",
          found.attention,
          found.device === "cpu" ? "" : found.difference.toExponential(0),
          String(Math.round(found.flopsPerSecond / 1e9)),
        ]
      : [found.device, "no", "", "", ""],
  );
  return plainTable(head, rows, ["off the CPU by", "GFLOP/s"]);
}

function remarksOf(found: Examined): string[] {
  if (!found.works) return [`${found.reason}\n  ${found.advice}`];
  return found.because === undefined ? [] : [`${found.device}: plain attention, as ${found.because}`];
}

async function machineFacts() {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    /** bytes; what a container may use, where it is limited */
    memoryBytes: Math.min(os.totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    cache: { folder: cacheFolder(), freeBytes: await freeBytes(cacheFolder()) },
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Of the disk where a folder is, or will be once it is made. */
async function freeBytes(folder: string): Promise<number> {
  const found = await statfs(folder).catch(() => undefined);
  if (found !== undefined) return found.bavail * found.bsize;
  const parent = path.dirname(folder);
  return parent === folder ? 0 : await freeBytes(parent);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
