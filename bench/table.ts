import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import type { Ratio } from "./measure.js";

/** One line of the table. */
export interface Row {
  readonly bench: string;
  readonly what: string;
  /** the result as text, with its spread */
  readonly result: string;
  /** the same by CPU time */
  readonly cpu?: string;
  readonly rounds?: number;
  readonly aim?: string;
  readonly reached?: boolean;
  readonly note?: string;
}

export interface BenchOptions {
  readonly threads: number;
}

export interface Bench {
  readonly name: string;
  /** takes so much time or disk space that it runs only if named */
  readonly byName?: boolean;
  run(options: BenchOptions): AsyncIterable<Row>;
}

/** A ratio's columns. @param format formats a value */
export function ratioColumns(
  ratio: Ratio,
  format: (value: number) => string,
): Pick<Row, "result" | "cpu" | "rounds"> {
  return {
    result: `**${format(ratio.median)}** (${format(ratio.least)}–${format(ratio.most)})`,
    cpu: format(ratio.cpu),
    rounds: ratio.rounds,
  };
}

export const percent = (value: number): string => `${Math.round(100 * value)} %`;
export const times = (value: number): string => `${value.toFixed(2)} ×`;

export function markdown(rows: readonly Row[]): string {
  const head = [
    "bench",
    "what",
    "median (min–max)",
    "by CPU time",
    "rounds",
    "goal",
    "reached",
    "in this run",
  ];
  const lines = rows.map((row) => [
    row.bench,
    row.what,
    row.result,
    row.cpu ?? "",
    row.rounds === undefined ? "" : String(row.rounds),
    row.aim ?? "",
    row.reached === undefined ? "" : row.reached ? "yes" : "no",
    row.note ?? "",
  ]);
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The machine and versions behind the figures, in one line. */
export function machine(threads: number): string {
  const require = createRequire(import.meta.url);
  const ort = JSON.parse(readFileSync(require.resolve("onnxruntime-node/package.json"), "utf8")) as {
    version: string;
  };
  const cpus = os.cpus();
  const load = os.loadavg()[0]!.toFixed(1);
  return (
    `${cpus[0]?.model.trim() ?? "unknown CPU"}, ${cpus.length} cores, ${threads} thread${threads === 1 ? "" : "s"} used; ` +
    `${os.platform()} ${os.arch()}, Node ${process.versions.node}, ONNX Runtime ${ort.version}; load at the start ${load}`
  );
}
