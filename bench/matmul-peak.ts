import { openProduct, type Product, type ProductShape } from "../src/models/devices/index.js";
import { interleave, medianRate } from "./measure.js";

/** FLOPs per run: long enough to time, short enough to alternate with others. */
const RUN_FLOPS = 80e9;

/** Square products, and those of GLM's layers at 1,024 tokens per batch. */
const CASES: readonly ProductShape[] = [
  { op: "MatMul", rows: 512, a: 512, b: 512 },
  { op: "MatMul", rows: 1024, a: 1024, b: 1024 },
  { op: "MatMul", rows: 2048, a: 2048, b: 2048 },
  { op: "MatMul", rows: 1024, a: 768, b: 3072 },
  { op: "MatMul", rows: 1024, a: 1024, b: 4096 },
  { op: "Gemm", rows: 1024, a: 1024, b: 1024 },
  { op: "Gemm", rows: 1024, a: 768, b: 3072 },
];

/** The fastest float32 product of ONNX Runtime on this machine at the moment: the best median of several shapes. */
export async function fastestMatMul(threads: number): Promise<{ best: Product; gflops: number }> {
  const all: Product[] = [];
  for (const spec of CASES) {
    const { rows, a, b } = spec;
    const pairs = Math.max(1, Math.round(RUN_FLOPS / (4 * rows * a * b)));
    all.push(await openProduct(spec, pairs, { threads }));
  }
  const rounds = await interleave(all, { rounds: 5, seconds: 0 });
  const rates = all.map((_, k) => medianRate(rounds, k));
  const gflops = Math.max(...rates);
  const best = all[rates.indexOf(gflops)]!;
  for (const other of all) if (other !== best) await other.close();
  return { best, gflops: gflops / 1e9 };
}
