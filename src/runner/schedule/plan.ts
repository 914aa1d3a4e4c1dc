import { type Engine, PASS_COST } from "../../scoring/index.js";

/** How large a batch may be. */
export interface PlanOptions {
  /** tokens of a batch, padding included; one row always fits */
  readonly maxBatchTokens: number;
  /** rows of a batch, where the user limits them */
  readonly maxRows?: number | undefined;
}

/** What an engine says of its rows; without an `attentionWidth` attention costs nothing. */
export type RowFacts = Pick<Engine, "packs" | "attentionWidth">;

/** Rows of item numbers: the items of a row are packed one after the other. */
export type PlannedBatch = readonly (readonly number[])[];

/** What a row of a width costs, in tokens without attention: its products grow with the width, its attention with its square. */
export function rowCost(width: number, attentionWidth = Number.POSITIVE_INFINITY): number {
  return width * (1 + width / attentionWidth);
}

/**
 * Deals items out to batches: longest first (so that memory fails at once or never), each row as long as the batch's
 * longest item and filled up with the longest items that still fit, so that next to nothing is padding.
 *
 * What fills a row's end is free: it would be padding. A further row of shorter items pays attention for its whole
 * width, to which none of them needs to look: it joins the batch only where that is cheaper than a batch of their own.
 * @param lengths tokens of each item
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
  /** The cost of a row's items in batches of their own, narrower ones, a pass's cost shared by all that is in it. */
  const apart = ({ longest, tokens }: Row): number => {
    const together = Math.min(maxBatchTokens, tokens + items.tokens);
    return (tokens / longest) * rowCost(longest, attentionWidth) + (PASS_COST * tokens) / together;
  };

  const batches: PlannedBatch[] = [];
  for (let row = fill(items.longest); row !== undefined; row = fill(items.longest)) {
    const width = row.longest;
    const most = Math.min(maxRows, Math.max(1, Math.floor(maxBatchTokens / width)));
    const rows = [row.items];
    while (rows.length < most) {
      const next = fill(width);
      if (next === undefined) break;
      if (packs && apart(next) < rowCost(width, attentionWidth)) {
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

/** Items to be taken by their length; of equal ones the first in the list first. */
class ByLength {
  /** tokens of all that are left */
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

  /** Of what is left; 0 where nothing is. */
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

  /** @param items as they were taken: the longest first, of equal ones the first first */
  giveBack(items: readonly number[]): void {
    // From behind, so that pop() takes them in their order again.
    for (const item of [...items].reverse()) {
      const length = this.#lengths[item]!;
      this.#items[length]!.push(item);
      this.#top = Math.max(this.#top, length);
      this.tokens += length;
    }
  }
}
