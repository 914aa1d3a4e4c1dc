import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { type Examined, examineDevices } from "../src/models/devices/index.js";
import type { GlmConfig } from "../src/models/glm/index.js";
import type { Device } from "../src/models/onnx/index.js";
import type { Engine, InfillQuestion } from "../src/scoring/index.js";
import { poolEngines } from "../src/scoring/pool.js";
import { BATCH_TOKENS, planned, type Rows, spread, tokenCount } from "./batches.js";
import { interleave, medianRate, ratio } from "./measure.js";
import { type MixName, questions } from "./questions.js";
import { SHAPES, withRandomModel } from "./random-model.js";
import { type Bench, type Row, ratioColumns, times } from "./table.js";

const MIXES: readonly MixName[] = ["boolq", "copa"];

interface Load {
  readonly shape: string;
  readonly config: GlmConfig;
  readonly maxBatchTokens: number;
  /** batches of one run */
  readonly batches: number;
}
const USUAL: Load = { shape: "base", config: SHAPES.base, maxBatchTokens: BATCH_TOKENS, batches: 4 };
/** for what is called a GPU and computes on the CPU */
const LIGHT: Load = {
  shape: "4 layers of 256",
  config: { layers: 4, hidden: 256, heads: 4, vocabSize: 30592, maxLength: 512 },
  maxBatchTokens: 128,
  batches: 1,
};

/** Speed of scoring on each GPU that works here against the CPU, and of two sessions that share the CPU. */
export const devices: Bench = {
  name: "devices",
  async *run({ threads }) {
    const found = await examineDevices(() => undefined);
    const cpu = found.find(({ device }) => device === "cpu")!;
    const gpus = found.filter(({ device }) => device !== "cpu");
    for (const gpu of gpus) if (gpu.works) yield* against(cpu, gpu, threads);
    if (!gpus.some(({ works }) => works))
      yield {
        bench: "devices",
        what: "tokens a second on a GPU / on the CPU",
        result: "–",
        note: `no GPU works here: ${gpus.map((gpu) => (gpu.works ? "" : gpu.reason)).join("; ")}`,
      };
    if (threads > 1) yield* shared(threads);
  },
};

type Working = Extract<Examined, { works: true }>;

async function* against(cpu: Examined, gpu: Working, threads: number): AsyncIterable<Row> {
  const isGpu = !cpu.works || gpu.flopsPerSecond > cpu.flopsPerSecond;
  const load = isGpu ? USUAL : LIGHT;
  const { device, attention } = gpu;
  yield* withRandomModel(load.config, [{}, { device, attention }], threads, (engines) =>
    rowsOf(engines, `on ${device} / on the CPU`, load, `${adapterOf(device)}, ${attention} attention`),
  );
}

/** A session alone with the CPU, and two with half its threads each. */
async function* shared(threads: number): AsyncIterable<Row> {
  const half = { threads: Math.floor(threads / 2) };
  yield* withRandomModel(USUAL.config, [{}, half, half], threads, ([one, ...two]) =>
    rowsOf([one, poolEngines(two)], "on cpu,cpu / on cpu", USUAL),
  );
}

async function* rowsOf(
  engines: readonly Engine<InfillQuestion>[],
  what: string,
  { shape, config, maxBatchTokens, batches: count }: Load,
  note?: string,
): AsyncIterable<Row> {
  for (const mix of MIXES) {
    const batches = spread(
      planned(questions(mix, 400, config.vocabSize), engines[0]!, maxBatchTokens),
      count,
    );
    const sides = engines.map((engine) => ({ run: () => scoreAtOnce(engine, batches) }));
    const rounds = await interleave(sides);
    const rates = `${medianRate(rounds, 1).toFixed(0)} / ${medianRate(rounds, 0).toFixed(0)} tokens/s`;
    yield {
      bench: "devices",
      what: `${shape}, ${mix}-like: tokens a second ${what}`,
      ...ratioColumns(ratio(rounds, 1, 0), times),
      note: note === undefined ? rates : `${rates}; ${note}`,
    };
  }
}

/** Two batches in flight for each device, as a run has them. @returns tokens */
async function scoreAtOnce(engine: Engine<InfillQuestion>, batches: readonly Rows[]): Promise<number> {
  const waiting = [...batches];
  const worker = async (): Promise<void> => {
    for (let rows = waiting.shift(); rows; rows = waiting.shift()) await engine.score(rows);
  };
  await Promise.all(Array.from({ length: 2 * (engine.lanes ?? 1) }, worker));
  return batches.reduce((sum, rows) => sum + tokenCount(rows), 0);
}

/** What computes: a GPU's name, or for WebGPU the Vulkan drivers that there are. */
function adapterOf(device: Device): string {
  if (device.startsWith("cuda")) {
    const query = ["--query-gpu=name", "--format=csv,noheader", "-i", device.slice("cuda:".length)];
    return spawnSync("nvidia-smi", query, { encoding: "utf8" }).stdout?.trim() || "an NVIDIA GPU";
  }
  const { VK_DRIVER_FILES: named } = process.env;
  const files = named ? named.split(path.delimiter).map((file) => path.basename(file)) : installedDrivers();
  return `Vulkan by ${files.join(", ") || "a driver that does not tell its name"}`;
}

function installedDrivers(): string[] {
  return ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"].flatMap((folder) => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  });
}
