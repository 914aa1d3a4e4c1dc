import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type Device, GraphBuilder, openSession, type SessionOptions } from "../onnx/index.js";
import { withScratch } from "./scratch-folder.js";

/** A chain of products [rows, a]·[a, b], [rows, b]·[b, a], … with constant weights. */
export interface ProductShape {
  readonly op: "MatMul" | "Gemm";
  readonly rows: number;
  readonly a: number;
  readonly b: number;
}

export interface Product {
  readonly name: string;
  /** Multiplies once through the chain and returns its FLOPs. */
  readonly run: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/**
 * ONNX Runtime's own product in a session like a model's. One row goes in and one comes out, so that nothing big is
 * copied within the time measured; `Gemm` reads its weights transposed, as GLM's graph does.
 * @param pairs products there and back in one run
 */
export async function openProduct(
  { op, rows, a, b }: ProductShape,
  pairs: number,
  options: SessionOptions,
): Promise<Product> {
  return await withScratch(async (folder) => {
    // Of variance 1/size, so that values neither grow nor fade to denormals, which are slow.
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
/** Products there and back in one run at most, 8 MB of weights each. */
const MOST_PAIRS = 128;
const REPEATS = 3;

/**
 * FLOPs a second of a float32 product of matrices on a device: the best of a few runs, each so long that little else
 * counts. A small product goes first, which a slow device takes seconds for.
 * @param longEnough milliseconds of a run
 */
export async function productRate(
  device: Device,
  { threads, longEnough }: { readonly threads?: number | undefined; readonly longEnough: number },
): Promise<number> {
  const options = { device, ownProcess: true, threads };
  let [size, pairs] = [SMALL, 1];
  for (;;) {
    const { flops, milliseconds } = await fastestRun(square(size), pairs, options);
    if (milliseconds >= longEnough || pairs === MOST_PAIRS) return flops / (milliseconds / 1000);
    const pairFlops = 4 * LARGE ** 3;
    size = LARGE;
    pairs = Math.min(MOST_PAIRS, Math.ceil((1.5 * longEnough * flops) / milliseconds / pairFlops));
  }
}

async function fastestRun(
  shape: ProductShape,
  pairs: number,
  options: SessionOptions,
): Promise<{ flops: number; milliseconds: number }> {
  const product = await openProduct(shape, pairs, options);
  try {
    let flops = await product.run();
    let milliseconds = Number.POSITIVE_INFINITY;
    const begun = performance.now();
    for (let k = 0; k < REPEATS && performance.now() - begun < 1000; k++) {
      const start = performance.now();
      flops = await product.run();
      milliseconds = Math.min(milliseconds, performance.now() - start);
    }
    return { flops, milliseconds };
  } finally {
    await product.close();
  }
}

/** A number between 0 and 1 that looks random, the same for the same k. */
function noise(k: number): number {
  // Knuth's multiplicative hash.
  return (Math.imul(k + 1, 2654435761) >>> 0) / 2 ** 32;
}
