import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type Device, GraphBuilder, openSession, type SessionOptions } from "../onnx/index.js";
import { withScratch } from "./scratch-folder.js";

/** The shape of a chain of products [rows, a]·[a, b], [rows, b]·[b, a], … with constant weights. */
export interface ProductShape {
  readonly op: "MatMul" | "Gemm";
  readonly rows: number;
  readonly a: number;
  readonly b: number;
}

export interface Product {
  readonly name: string;
  /** Computes the chain once and returns its FLOPs. */
  readonly run: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/**
 * Opens ONNX Runtime's own product in a session like a model's. One row is copied in and one out, so that nothing large
 * is copied during the measurement; `Gemm` reads its weights transposed, as in GLM's graph.
 * @param pairs number of pairs of products ([a, b] and back) in one run
 */
export async function openProduct(
  { op, rows, a, b }: ProductShape,
  pairs: number,
  options: SessionOptions,
): Promise<Product> {
  return await withScratch(async (folder) => {
    // Weights of variance 1/size, so that values neither grow nor shrink to denormals, which are slow.
    const spread = Math.sqrt(12 / Math.max(a, b));
    const weights = Float32Array.from({ length: a * b }, (_, k) => (noise(k) - 0.5) * spread);
    await writeFile(path.join(folder, "weights.bin"), weights);
    const g = new GraphBuilder("matmul");
    const row = g.input("x", "float32", [1, a]);
    let x = g.op("Expand", [row, g.constant("int64", [rows, a])]);
    for (let k = 0; k < 2 * pairs; k++) {
      const [from, to] = k % 2 === 0 ? [a, b] : [b, a];
      const shape = op === "Gemm" ? [to, from] : [from, to];
      const weight = g.weight(`w${k}`, shape, { location: "weights.bin", offset: 0, length: a * b * 4 });
      x = g.op(op, [x, weight], op === "Gemm" ? { transB: 1 } : {});
    }
    g.output("row", g.op("Gather", [x, g.constant("int64", [0])]), "float32", [1, a]);
    const model = path.join(folder, "matmul.onnx");
    await writeFile(model, g.encode("product"));
    const session = await openSession(model, options);
    return {
      name: `${op} [${rows}, ${a}]·[${a}, ${b}]`,
      async run() {
        const data = Float32Array.from({ length: a }, (_, k) => noise(k + 1) - 0.5);
        await session.run({ x: { type: "float32", data, dims: [1, a] } });
        return 4 * rows * a * b * pairs;
      },
      close: () => session.close(),
    };
  });
}

const square = (size: number): ProductShape => ({ op: "MatMul", rows: size, a: size, b: size });
const SMALL = 512;
const LARGE = 1024;
/** Maximum number of pairs of products in one run, with 8 MB of weights each. */
const MAX_PAIRS = 128;
const REPEATS = 3;

/**
 * Measures the FLOPs per second of a float32 matrix product on a device: the best of a few runs, each long enough to
 * make overhead negligible. Starts with a small product, because a slow device takes seconds for a large one.
 * @param minDuration minimum duration of a run in milliseconds
 */
export async function measureProductRate(
  device: Device,
  { threads, minDuration }: { readonly threads?: number | undefined; readonly minDuration: number },
): Promise<number> {
  const options = { device, ownProcess: true, threads };
  let [size, pairs] = [SMALL, 1];
  for (;;) {
    const { flops, milliseconds } = await measureFastestRun(square(size), pairs, options);
    if (milliseconds >= minDuration || pairs === MAX_PAIRS) return flops / (milliseconds / 1000);
    const pairFlops = 4 * LARGE ** 3;
    size = LARGE;
    pairs = Math.min(MAX_PAIRS, Math.ceil((1.5 * minDuration * flops) / milliseconds / pairFlops));
  }
}

async function measureFastestRun(
  shape: ProductShape,
  pairs: number,
  options: SessionOptions,
): Promise<{ flops: number; milliseconds: number }> {
  const product = await openProduct(shape, pairs, options);
  try {
    let flops = await product.run();
    let milliseconds = Number.POSITIVE_INFINITY;
    const started = performance.now();
    for (let k = 0; k < REPEATS && performance.now() - started < 1000; k++) {
      const start = performance.now();
      flops = await product.run();
      milliseconds = Math.min(milliseconds, performance.now() - start);
    }
    return { flops, milliseconds };
  } finally {
    await product.close();
  }
}

/** Returns a pseudorandom number between 0 and 1, determined by k. */
function noise(k: number): number {
  // Knuth's multiplicative hash.
  return (Math.imul(k + 1, 2654435761) >>> 0) / 2 ** 32;
}
