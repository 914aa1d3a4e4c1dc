/** One thing to measure. */
export interface Side {
  /**
   * Does the work once and returns its amount, in units that all sides share (FLOPs, questions, …). A side that works in
   * another process also returns the time it took there.
   */
  run(round: number): Promise<number | Sample>;
}

export interface Sample {
  readonly work: number;
  /** seconds */
  readonly wall: number;
  /** CPU seconds of all threads */
  readonly cpu: number;
}

export interface InterleaveOptions {
  /** minimum number of rounds */
  readonly rounds?: number;
  /** seconds after which no further round starts, once the minimum is reached */
  readonly seconds?: number;
}

/** Relative standard error at which repetition stops. */
const SETTLED = 0.01;

/**
 * Alternates the sides, A B B A A B …, after one warm-up of each, so other load on the machine affects all of them equally.
 * After the minimum number of rounds it continues until every ratio to the first side has settled, or the time is up.
 * @returns the samples of each round, one per side
 */
export async function interleave(
  sides: readonly Side[],
  options: InterleaveOptions = {},
): Promise<Sample[][]> {
  const { rounds: least = 5, seconds = 30 } = options;
  for (const side of sides) await side.run(0);
  const rounds: Sample[][] = [];
  const start = performance.now();
  for (;;) {
    const number = rounds.length;
    const round: Sample[] = new Array(sides.length);
    const order = [...sides.keys()];
    for (const k of number % 2 === 0 ? order : order.reverse()) round[k] = await sample(sides[k]!, number);
    rounds.push(round);
    if (rounds.length < least) continue;
    const settled = sides.slice(1).every((_, k) => ratio(rounds, k + 1, 0).error <= SETTLED);
    if (settled || performance.now() - start > seconds * 1000) return rounds;
  }
}

/** The pause lets the other session's threads stop spinning. */
const PAUSE_MS = 20;

async function sample(side: Side, round: number): Promise<Sample> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const work = await side.run(round);
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (typeof work !== "number") return work;
  return { work, wall, cpu: (user + system) / 1e6 };
}

export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** the same by CPU time, which other load on the machine affects less */
  readonly cpu: number;
  readonly rounds: number;
  /** relative standard error of the median, from the quartiles */
  readonly error: number;
}

/** Work per second of side `a` divided by that of side `b`: the median of the ratios of all rounds. */
export function ratio(rounds: readonly (readonly Sample[])[], a: number, b: number): Ratio {
  const by = (time: "wall" | "cpu") =>
    rounds.map((round) => rate(round[a]!, time) / rate(round[b]!, time)).sort((x, y) => x - y);
  const wall = by("wall");
  const middle = median(wall);
  const quartiles = quantile(wall, 0.75) - quantile(wall, 0.25);
  return {
    median: middle,
    least: wall[0]!,
    most: wall.at(-1)!,
    cpu: median(by("cpu")),
    rounds: rounds.length,
    // 0.93 × interquartile range / √n: the standard error of a median of normal samples.
    error: (0.93 * quartiles) / middle / Math.sqrt(rounds.length),
  };
}

/** Median work per second of one side. */
export function medianRate(rounds: readonly (readonly Sample[])[], side: number): number {
  return median(rounds.map((round) => rate(round[side]!, "wall")));
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((x, y) => x - y),
    0.5,
  );
}

function rate(sample: Sample, time: "wall" | "cpu"): number {
  return sample.work / sample[time];
}

function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}
