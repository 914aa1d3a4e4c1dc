import type { ClozeQuestion } from "../../patterns/index.js";
import type { Model, PreparedQuestion } from "../../scoring/index.js";
import { plan, type RowFacts } from "./plan.js";

const FIRST = 256;
/** Maximum number of tokens to try on any device. */
const MOST = 65_536;
/** How much faster twice the tokens must be to justify the memory and exceed noise. */
const WORTH = 1.03;
/** Number of runs of a batch, of which the fastest counts: other load only makes runs slower. */
const RUNS = 2;

/** A batch size that was tried. */
export interface Tried {
  readonly tokens: number;
  /** tokens scored per second */
  readonly rate: number;
}

/**
 * Finds the number of tokens that a batch should have on this device by experiment: starts at 256 and doubles as long as
 * that is faster, there are enough questions, and memory suffices.
 * @param questions some of those that will be scored
 * @param total how many will be scored
 * @returns the sizes tried; empty if all questions fit in one batch
 * @throws the error of scoring if even the smallest size fails
 */
export async function tryBatchTokens<P extends PreparedQuestion>(
  { reader, engine }: Pick<Model<P>, "reader" | "engine">,
  questions: readonly ClozeQuestion[],
  { total, onTry }: { readonly total: number; readonly onTry?: (tokens: number) => void },
): Promise<readonly Tried[]> {
  const sized = questions
    .flatMap((question) => reader.prepare(question))
    .map((prepared) => ({ prepared, length: engine.length(prepared) }));
  const all = sized.reduce((sum, { length }) => sum + length, 0) * (total / Math.max(1, questions.length));
  const tried: Tried[] = [];
  if (all <= FIRST) return tried;
  for (let tokens = FIRST; tokens <= MOST; tokens *= 2) {
    if (tried.length > 0 && tokens > all) break;
    onTry?.(tokens);
    const batch = makeBatch(sized, tokens, engine);
    const useful = batch.flat().reduce((sum, { length }) => sum + length, 0);
    const rows = batch.map((row) => row.map(({ prepared }) => prepared));
    if (tried.length === 0) await engine.score(rows, { maxBatchTokens: tokens });
    let rate = 0;
    try {
      for (let run = 0; run < RUNS; run++) {
        const start = performance.now();
        await engine.score(rows, { maxBatchTokens: tokens });
        rate = Math.max(rate, useful / ((performance.now() - start) / 1000));
      }
    } catch (error) {
      // Exceeds the memory; the smaller size did not.
      if (tried.length === 0) throw error;
      break;
    }
    const before = tried.at(-1);
    tried.push({ tokens, rate });
    if (before && rate < before.rate * WORTH) break;
  }
  return tried;
}

/** Chooses the smallest size that is about as fast as the fastest. */
export function chooseBatchTokens(tried: readonly Tried[]): number {
  const fastest = Math.max(...tried.map(({ rate }) => rate));
  return tried.find(({ rate }) => rate * WORTH >= fastest)?.tokens ?? FIRST;
}

/** Makes a full batch of questions of medium length, with repetitions if there are too few. */
function makeBatch<T extends { readonly length: number }>(
  items: readonly T[],
  tokens: number,
  engine: RowFacts,
): T[][] {
  const byLength = [...items].sort((a, b) => a.length - b.length);
  const middle = byLength.length >> 1;
  const chosen: T[] = [];
  for (let sum = 0, k = 0; sum < 2 * tokens && byLength.length > 0; k++) {
    const offset = k % 2 === 0 ? k >> 1 : -((k + 1) >> 1);
    const item = byLength.at((middle + offset) % byLength.length)!;
    chosen.push(item);
    sum += item.length;
  }
  const batches = plan(
    chosen.map(({ length }) => length),
    { maxBatchTokens: tokens },
    engine,
  );
  const fullest = batches.reduce((a, b) => (b.flat().length > a.flat().length ? b : a), batches[0] ?? []);
  return fullest.map((row) => row.map((k) => chosen[k]!));
}
