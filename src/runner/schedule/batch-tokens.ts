import type { ClozeQuestion } from "../../patterns/index.js";
import type { Model, PreparedQuestion } from "../../scoring/index.js";
import { plan, type RowFacts } from "./plan.js";

const FIRST = 256;
/** What no device's memory need be tried beyond. */
const MOST = 65_536;
/** How much faster twice the tokens must be to be worth the memory, and more than chance. */
const WORTH = 1.03;
/** Runs of a batch, of which the fastest counts: what else the machine does only slows down. */
const RUNS = 2;

/** A size of batch that was tried. */
export interface Tried {
  readonly tokens: number;
  /** tokens scored a second */
  readonly rate: number;
}

/**
 * Finds out how many tokens a batch should have on this device, by trying: 256 and twice as many as long as that is
 * faster, there is that much to ask, and memory suffices.
 * @param questions some of those that will be asked
 * @param total how many will be
 * @returns what was tried; nothing where all there is to ask is one batch
 * @throws what scoring throws even at the least size
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
    const batch = batchOf(sized, tokens, engine);
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
      // More than the memory holds, where less was no problem.
      if (tried.length === 0) throw error;
      break;
    }
    const before = tried.at(-1);
    tried.push({ tokens, rate });
    if (before && rate < before.rate * WORTH) break;
  }
  return tried;
}

/** The least that is about as fast as the fastest. */
export function bestBatchTokens(tried: readonly Tried[]): number {
  const fastest = Math.max(...tried.map(({ rate }) => rate));
  return tried.find(({ rate }) => rate * WORTH >= fastest)?.tokens ?? FIRST;
}

/** A full batch of questions of middling length, some of them again where there are too few. */
function batchOf<T extends { readonly length: number }>(
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
