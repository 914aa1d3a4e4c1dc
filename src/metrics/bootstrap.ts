import type { Units } from "./metric.js";
import { seeded } from "./prng.js";

export interface BootstrapOptions {
  readonly draws: number;
  readonly seed: number;
}

/**
 * Computes the bootstrap distribution of a function of the column sums (Efron 1979): each draw resamples as many rows as
 * there are, with replacement, and evaluates `value` on their sums.
 * @returns the value of each draw, in ascending order
 */
export function bootstrap(
  rows: Units["rows"],
  value: (sums: Float64Array) => number,
  options: BootstrapOptions,
): Float64Array {
  const values = new Float64Array(options.draws);
  const draw = drawSums(rows);
  const random = seeded(options.seed);
  for (let k = 0; k < options.draws; k++) values[k] = value(draw(random));
  return values.sort();
}

/**
 * Returns the 95% percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13): the 2.5% and 97.5% quantiles of
 * the drawn values, with linear interpolation between order statistics (NumPy's default). Its width is zero if all units
 * agree or there is only one unit; it then says nothing about the error.
 */
export function percentileInterval(sorted: Float64Array): { low: number; high: number } {
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** Describes the bootstrap so that it can be reproduced. */
export function describeBootstrap({ rows, name }: Units, { draws, seed }: BootstrapOptions): string {
  return `bootstrap (${draws} draws of ${rows.length} ${name}, seed ${seed})`;
}

/**
 * Returns a function that draws as many rows as there are, with replacement, and returns their column sums. All draws
 * reuse one array.
 */
function drawSums(rows: Units["rows"]): (random: () => number) => Float64Array {
  const n = rows.length;
  const width = rows[0]?.length ?? 0;
  const sums = new Float64Array(width);
  const kinds = groupRows(rows);
  // Integers have the same sum in any order, so counting how often each distinct row is drawn is enough.
  if (kinds !== undefined) {
    const { kind, distinct } = kinds;
    const counts = new Int32Array(distinct.length);
    return (random) => {
      counts.fill(0);
      // Uniform to within n / 2^32, and exact in a double.
      for (let i = 0; i < n; i++) counts[kind[Math.floor((random() * n) / 0x100000000)]!]! += 1;
      sums.fill(0);
      distinct.forEach((row, k) => {
        for (let column = 0; column < width; column++) sums[column]! += counts[k]! * row[column]!;
      });
      return sums;
    };
  }
  const sparse = compress(rows);
  return (random) => {
    sums.fill(0);
    for (let i = 0; i < n; i++) {
      const unit = Math.floor((random() * n) / 0x100000000);
      const end = sparse.start[unit + 1]!;
      for (let e = sparse.start[unit]!; e < end; e++) sums[sparse.column[e]!]! += sparse.amount[e]!;
    }
    return sums;
  };
}

/** Maximum number of distinct rows for which counting them is faster. */
const MAX_KINDS = 4096;

/**
 * Returns the distinct rows, and for each row the index of its distinct row; undefined if not all entries are integers, or
 * there are too many distinct rows.
 */
function groupRows(
  rows: Units["rows"],
): { readonly kind: Int32Array; readonly distinct: readonly (readonly number[])[] } | undefined {
  const numbers = new Map<string, number>();
  const distinct: (readonly number[])[] = [];
  const kind = new Int32Array(rows.length);
  for (const [r, row] of rows.entries()) {
    const key = row.join(" ");
    let number = numbers.get(key);
    if (number === undefined) {
      if (distinct.length === MAX_KINDS || !row.every(Number.isSafeInteger)) return undefined;
      number = distinct.push(row) - 1;
      numbers.set(key, number);
    }
    kind[r] = number;
  }
  return { kind, distinct };
}

/** Returns the non-zero entries, row by row: a task with a hundred labels has two per row instead of three hundred. */
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
