import type { Units } from "./metric.js";
import { seeded } from "./prng.js";

export interface BootstrapOptions {
  readonly draws: number;
  readonly seed: number;
}

/**
 * The bootstrap distribution of a function of the column sums (Efron 1979): rows are drawn with replacement, as many as
 * there are, and `value` is taken of the sums of those drawn.
 * @returns the values drawn, in ascending order
 */
export function bootstrap(
  rows: Units["rows"],
  value: (sums: Float64Array) => number,
  options: BootstrapOptions,
): Float64Array {
  const sparse = compress(rows);
  const n = rows.length;
  const sums = new Float64Array(rows[0]?.length ?? 0);
  const values = new Float64Array(options.draws);
  const random = seeded(options.seed);
  for (let draw = 0; draw < options.draws; draw++) {
    sums.fill(0);
    for (let i = 0; i < n; i++) {
      // Uniform to within n / 2^32, and exact in a double.
      const unit = Math.floor((random() * n) / 0x100000000);
      const end = sparse.start[unit + 1]!;
      for (let e = sparse.start[unit]!; e < end; e++) sums[sparse.column[e]!]! += sparse.amount[e]!;
    }
    values[draw] = value(sums);
  }
  return values.sort();
}

/**
 * 95 % percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13): the 2.5 % and 97.5 % points of the values
 * drawn, with linear interpolation between order statistics (NumPy's default). It has no width where all units agree
 * or where there is only one unit: then it says nothing about the error.
 */
export function percentileInterval(sorted: Float64Array): { low: number; high: number } {
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** What was drawn, for whoever must draw it again. */
export function describeBootstrap({ rows, name }: Units, { draws, seed }: BootstrapOptions): string {
  return `bootstrap (${draws} draws of ${rows.length} ${name}, seed ${seed})`;
}

/** The rows' non-zero entries, row by row: a label task of a hundred classes has two a row, not three hundred. */
function compress(rows: Units["rows"]) {
  const start = new Int32Array(rows.length + 1);
  const column: number[] = [];
  const amount: number[] = [];
  rows.forEach((row, r) => {
    row.forEach((sum, k) => {
      if (sum === 0) return;
      column.push(k);
      amount.push(sum);
    });
    start[r + 1] = column.length;
  });
  return { start, column: Int32Array.from(column), amount: Float64Array.from(amount) };
}

function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}
