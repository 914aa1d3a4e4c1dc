import { type Engine, PASS_COST } from "../../scoring/index.js";

/** The limits of a batch. */
export interface PlanOptions {
  /** maximum number of tokens, including padding; one row always fits */
  readonly maxBatchTokens: number;
  /** maximum number of rows, if the user limits it */
  readonly maxRows?: number | undefined;
}

/** The properties of an engine's rows; without an `attentionWidth`, attention is assumed to be free. */
export type RowFacts = Pick<Engine, "packs" | "attentionWidth">;

/** Rows of item indices; the items of a row are packed one after the other. */
export type PlannedBatch = readonly (readonly number[])[];

/** Returns the cost of a row of a given width, in tokens without attention: products grow linearly with the width, attention quadratically. */
export function getRowCost(width: number, attentionWidth = Number.POSITIVE_INFINITY): number {
  return width * (1 + width / attentionWidth);
}

/**
 * Distributes items to batches: longest first (so running out of memory happens immediately or never), with each row as
 * long as the batch's longest item and filled up with the longest items that still fit, so there is almost no padding.
 *
 * Items that fill the end of a row are free, since it would be padding otherwise. A further row of shorter items pays for
 * attention over its full width, which none of them needs: it joins the batch only if that is cheaper than a separate batch.
 * @param lengths number of tokens of each item
 */
export function plan(
  lengths: readonly number[],
  options: PlanOptions,
  { packs, attentionWidth }: RowFacts,
): PlannedBatch[] {
  const { maxBatchTokens, maxRows = Number.POSITIVE_INFINITY } = options;
  const items = new ByLength(lengths);
  const fill = (width: number): Row | undefined => {
    const first = items.takeLongest(width);
    if (first === undefined) return undefined;
    const row = [first];
    let room = packs ? width - lengths[first]! : 0;
    for (let next = items.takeLongest(room); next !== undefined; next = items.takeLongest(room)) {
      row.push(next);
      room -= lengths[next]!;
    }
    return {
      items: row,
      longest: lengths[first]!,
      tokens: row.reduce((sum, item) => sum + lengths[item]!, 0),
    };
  };
  /** Returns the cost of a row's items in separate, narrower batches, with the cost of a pass shared by all its items. */
  const apart = ({ longest, tokens }: Row): number => {
    const together = Math.min(maxBatchTokens, tokens + items.tokens);
    return (tokens / longest) * getRowCost(longest, attentionWidth) + (PASS_COST * tokens) / together;
  };

  const batches: PlannedBatch[] = [];
  for (let row = fill(items.longest); row !== undefined; row = fill(items.longest)) {
    const width = row.longest;
    const most = Math.min(maxRows, Math.max(1, Math.floor(maxBatchTokens / width)));
    const rows = [row.items];
    while (rows.length < most) {
      const next = fill(width);
      if (next === undefined) break;
      if (packs && apart(next) < getRowCost(width, attentionWidth)) {
        items.giveBack(next.items);
        break;
      }
      rows.push(next.items);
    }
    batches.push(rows);
  }
  return batches;
}

interface Row {
  readonly items: readonly number[];
  readonly longest: number;
  readonly tokens: number;
}

/** Items to be taken by length; among equal lengths, in list order. */
class ByLength {
  /** total tokens of the remaining items */
  tokens = 0;
  readonly #lengths: readonly number[];
  readonly #items: number[][];
  #top: number;

  constructor(lengths: readonly number[]) {
    this.#lengths = lengths;
    this.#top = lengths.reduce((a, b) => Math.max(a, b), 0);
    this.#items = Array.from({ length: this.#top + 1 }, () => []);
    this.giveBack(lengths.map((_, item) => item));
  }

  /** Of the remaining items; 0 if there are none. */
  get longest(): number {
    while (this.#top > 0 && this.#items[this.#top]!.length === 0) this.#top--;
    return this.#top;
  }

  takeLongest(room: number): number | undefined {
    for (let length = Math.min(room, this.longest); length > 0; length--) {
      const item = this.#items[length]!.pop();
      if (item === undefined) continue;
      this.tokens -= length;
      return item;
    }
    return undefined;
  }

  /** @param items in the order they were taken: longest first, among equal lengths in list order */
  giveBack(items: readonly number[]): void {
    // In reverse, so that pop() returns them in the same order again.
    for (const item of [...items].reverse()) {
      const length = this.#lengths[item]!;
      this.#items[length]!.push(item);
      this.#top = Math.max(this.#top, length);
      this.tokens += length;
    }
  }
}
