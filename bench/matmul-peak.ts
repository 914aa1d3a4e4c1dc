import { writeFile } from "node:fs/promises";
import path from "node:path";
import { GraphBuilder, openSession } from "../src/models/onnx/index.js";
import { interleave, medianRate } from "./measure.js";
import { removeScratch, scratchFolder } from "./scratch.js";
import { generator } from "./seeded.js";

/** A chain of products [rows, a]·[a, b], [rows, b]·[b, a], … with constant weights; even in number. */
interface MatMulCase {
  readonly op: "MatMul" | "Gemm";
  readonly rows: number;
  readonly a: number;
  readonly b: number;
}

export interface MatMul {
  readonly name: string;
  /** Multiplies once through the chain and returns its FLOPs. */
  readonly run: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** FLOPs of one run: long enough to time, short enough to take turns with others. */
const RUN_FLOPS = 80e9;

/** Square products, and those of GLM's layers at 1,024 tokens a batch. */
const CASES: readonly MatMulCase[] = [
  { op: "MatMul", rows: 512, a: 512, b: 512 },
  { op: "MatMul", rows: 1024, a: 1024, b: 1024 },
  { op: "MatMul", rows: 2048, a: 2048, b: 2048 },
  { op: "MatMul", rows: 1024, a: 768, b: 3072 },
  { op: "MatMul", rows: 1024, a: 1024, b: 4096 },
  { op: "Gemm", rows: 1024, a: 1024, b: 1024 },
  { op: "Gemm", rows: 1024, a: 768, b: 3072 },
];

/** The fastest float32 product that ONNX Runtime has on this machine just now: the best median of several shapes. */
export async function fastestMatMul(threads: number): Promise<{ best: MatMul; gflops: number }> {
  const all: MatMul[] = [];
  for (const spec of CASES) all.push(await openMatMul(spec, threads));
  const rounds = await interleave(all, { rounds: 5, seconds: 0 });
  const rates = all.map((_, k) => medianRate(rounds, k));
  const gflops = Math.max(...rates);
  const best = all[rates.indexOf(gflops)]!;
  for (const other of all) if (other !== best) await other.close();
  return { best, gflops: gflops / 1e9 };
}

/**
 * ONNX Runtime's own product in a session like the model's. One row is the output, so that no big result is copied out
 * of the session within the time measured; `Gemm` reads its weights transposed, as the model does.
 */
async function openMatMul({ op, rows, a, b }: MatMulCase, threads: number): Promise<MatMul> {
  const products = 2 * Math.max(1, Math.round(RUN_FLOPS / (4 * rows * a * b)));
  const folder = await scratchFolder();
  try {
    const random = generator(1);
    // Of variance 1/size, so that values neither grow nor fade to denormals, which are slow.
    const spread = Math.sqrt(12 / Math.max(a, b));
    const weights = Float32Array.from({ length: a * b }, () => (random() - 0.5) * spread);
    await writeFile(path.join(folder, "weights.bin"), weights);
    const g = new GraphBuilder("matmul");
    let x = g.input("x", "float32", [rows, a]);
    for (let k = 0; k < products; k++) {
      const [from, to] = k % 2 === 0 ? [a, b] : [b, a];
      const shape = op === "Gemm" ? [to, from] : [from, to];
      const weight = g.weight(`w${k}`, shape, { location: "weights.bin", offset: 0, length: a * b * 4 });
      x = g.op(op, [x, weight], op === "Gemm" ? { transB: 1 } : {});
    }
    g.output("row", g.op("Gather", [x, g.constant("int64", [0])]), "float32", [1, a]);
    const model = path.join(folder, "matmul.onnx");
    await writeFile(model, g.encode("bench"));
    const session = await openSession(model, { threads });
    const values = Float32Array.from({ length: rows * a }, () => random() - 0.5);
    return {
      name: `${op} [${rows}, ${a}]·[${a}, ${b}]`,
      async run() {
        // A feed is handed over to the session's thread, so each run needs its own.
        await session.run({ x: { type: "float32", data: values.slice(), dims: [rows, a] } });
        return 2 * rows * a * b * products;
      },
      close: () => session.close(),
    };
  } finally {
    await removeScratch(folder);
  }
}
