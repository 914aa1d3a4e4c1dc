import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { GraphBuilder, openSession, type Session } from "../src/models/onnx/index.js";

/** A chain of dense products [rows, a]·[a, b], [rows, b]·[b, a], … with constant weights. */
export interface MatMulCase {
  readonly op: "MatMul" | "Gemm";
  readonly rows: number;
  readonly a: number;
  readonly b: number;
  readonly products: number;
}

export interface MatMulRun {
  readonly name: string;
  readonly flops: number;
  /** multiplies once through; resolves when done */
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * ONNX Runtime's own float32 product, in a session like the model's. One row is the output, so that no result is
 * copied out of the session within the time measured; `Gemm` has B transposed and a bias, as the model's layers do.
 */
export async function openMatMul(spec: MatMulCase, threads?: number): Promise<MatMulRun> {
  const { op, rows, a, b, products } = spec;
  const folder = await mkdtemp(path.join(os.tmpdir(), "glm-eval-bench-"));
  let session: Session;
  try {
    const noise = Float32Array.from({ length: a * b }, (_, k) => ((k * 7919) % 1009) / 1009 - 0.5);
    const bytes = a * b * 4;
    await writeFile(path.join(folder, "weights.bin"), noise.map((x) => x / Math.sqrt(Math.max(a, b))));
    const g = new GraphBuilder("matmul");
    let x = g.input("x", "float32", [rows, a]);
    for (let k = 0; k < products; k++) {
      const [from, to] = k % 2 === 0 ? [a, b] : [b, a];
      const shape = op === "Gemm" ? [to, from] : [from, to];
      const weight = g.weight(`w${k}`, shape, { location: "weights.bin", offset: 0, length: bytes });
      const bias = op === "Gemm" ? [g.constant("float32", new Array<number>(to).fill(0.01))] : [];
      x = g.op(op, [x, weight, ...bias], op === "Gemm" ? { transB: 1 } : {});
    }
    const last = products % 2 === 0 ? a : b;
    g.output("row", g.op("Gather", [x, g.constant("int64", [0])]), "float32", [1, last]);
    const model = path.join(folder, "matmul.onnx");
    await writeFile(model, g.encode("bench"));
    session = await openSession(model, threads ? { threads } : {});
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return {
    name: `${op} ${rows}×${a}×${b}`,
    flops: 2 * rows * a * b * products,
    async run() {
      const data = new Float32Array(rows * a).fill(0.5);
      await session.run({ x: { type: "float32", data, dims: [rows, a] } });
    },
    close: () => session.close(),
  };
}
