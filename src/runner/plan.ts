export interface PlanOptions {
  /** tokens of a batch, padding included; one row always fits */
  readonly maxBatchTokens: number;
  /** rows of a batch, where the user limits them */
  readonly maxRows?: number;
  /** whether a row may hold several items (default true) */
  readonly pack?: boolean;
}

/** Rows of item numbers: the items of a row are packed one after the other. */
export type PlannedBatch = readonly (readonly number[])[];

/**
 * Deals items out to batches: longest first (so that memory fails at once or never, and time estimates are upper
 * bounds), each row as long as the batch's longest item and filled up with the longest items that still fit, so that
 * next to nothing is padding.
 * @param lengths tokens of each item
 */
export function plan(lengths: readonly number[], options: PlanOptions): PlannedBatch[] {
  const longest = Math.max(0, ...lengths);
  const byLength: number[][] = Array.from({ length: longest + 1 }, () => []);
  // Filled from behind, so that pop() takes items of one length in their own order.
  for (let item = lengths.length - 1; item >= 0; item--) byLength[lengths[item]!]!.push(item);
  let top = longest;
  const takeLongest = (room: number): number | undefined => {
    while (top > 0 && byLength[top]!.length === 0) top--;
    for (let length = Math.min(room, top); length > 0; length--) {
      const item = byLength[length]!.pop();
      if (item !== undefined) return item;
    }
    return undefined;
  };

  const batches: PlannedBatch[] = [];
  for (let first = takeLongest(longest); first !== undefined; first = takeLongest(longest)) {
    const width = lengths[first]!;
    const rowCount = Math.max(1, Math.floor(options.maxBatchTokens / width));
    const rows: number[][] = [];
    let head: number | undefined = first;
    for (let r = 0; r < Math.min(rowCount, options.maxRows ?? rowCount) && head !== undefined; r++) {
      const row = [head];
      let room = options.pack === false ? 0 : width - lengths[head]!;
      for (let next = takeLongest(room); next !== undefined; next = takeLongest(room)) {
        row.push(next);
        room -= lengths[next]!;
      }
      rows.push(row);
      head = r + 1 < Math.min(rowCount, options.maxRows ?? rowCount) ? takeLongest(width) : undefined;
    }
    batches.push(rows);
  }
  return batches;
}
