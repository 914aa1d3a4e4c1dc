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

/** Exit code if not even the CPU works. */
const NOTHING_WORKS = 4;

/** `glm-eval doctor`: reports this machine's hardware, which devices work, and how to fix those that do not. */
export async function doctor(argv: PrintingOptions): Promise<void> {
  const progress = createProgress();
  const devices = await examineDevices((device) => progress.say(`testing ${device} …`));
  progress.end();
  const machine = await getMachineFacts();
  const runtime = getRuntimeFacts();
  if (argv.json) {
    const all = { glmEval: packageVersion(), machine, onnxruntime: runtime, devices };
    process.stdout.write(`${JSON.stringify(snakeKeys(all), null, 2)}\n`);
  } else {
    const { cpu, cores, memoryBytes, cache, node, platform } = machine;
    const facts = [
      ["glm-eval", packageVersion()],
      ["processor", `${cpu}, ${cores} core${cores === 1 ? "" : "s"}`],
      ["memory", formatGigabytes(memoryBytes)],
      ["cache", `${cache.folder}, ${formatGigabytes(cache.freeBytes)} free`],
      ["Node", `${node}, ${platform}`],
      ["ONNX Runtime", `${runtime.version}, with ${runtime.providers.join(", ")}`],
    ];
    const width = Math.max(...facts.map(([name]) => name!.length));
    process.stdout.write(facts.map(([name, value]) => `${name!.padEnd(width)}  ${value}\n`).join(""));
    process.stdout.write(`\n${formatDeviceTable(devices)}\n`);
    const remarks = devices.flatMap(listRemarks);
    if (remarks.length > 0) process.stdout.write(`\n${remarks.join("\n")}\n`);
  }
  if (!devices.some(({ device, works }) => device === "cpu" && works)) process.exitCode = NOTHING_WORKS;
}

function formatDeviceTable(devices: readonly Examined[]): string {
  const head = ["device", "works", "attention", "difference from CPU", "GFLOP/s"];
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
  return plainTable(head, rows, ["difference from CPU", "GFLOP/s"]);
}

function listRemarks(found: Examined): string[] {
  if (!found.works) return [`${found.reason}\n  ${found.advice}`];
  return found.because === undefined ? [] : [`${found.device}: plain attention, because ${found.because}`];
}

async function getMachineFacts() {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    /** bytes; in a container with a limit, the limit */
    memoryBytes: Math.min(os.totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    cache: { folder: cacheFolder(), freeBytes: await getFreeBytes(cacheFolder()) },
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Returns the free bytes on the disk of a folder, which need not exist yet. */
async function getFreeBytes(folder: string): Promise<number> {
  const found = await statfs(folder).catch(() => undefined);
  if (found !== undefined) return found.bavail * found.bsize;
  const parent = path.dirname(folder);
  return parent === folder ? 0 : await getFreeBytes(parent);
}

function formatGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
