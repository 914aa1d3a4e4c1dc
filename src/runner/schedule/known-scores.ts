import type { AnswerScore, PreparedQuestion } from "../../scoring/index.js";
import type { Item } from "./pending-question.js";
import { getKey, type ScoreCache } from "./score-cache/index.js";

/** The items of a run with one key: the one that is in a plan, and those that wait for its scores. */
interface First<P extends PreparedQuestion> {
  readonly item: Item<P>;
  readonly twins: Item<P>[];
}

/**
 * Prevents known items from being scored again. Which items are new depends only on the cache's snapshot and the order of
 * the questions, not on which of them an earlier process of the run has scored, or which batches are done: so the plans,
 * and with them the last digits of all scores, are the same regardless of how often a run was stopped.
 */
export class KnownScores<P extends PreparedQuestion> {
  readonly #cache: ScoreCache;
  readonly #firsts = new Map<string, First<P>>();
  /** keys of the items that are in a plan */
  readonly #keys = new Map<Item<P>, string>();

  constructor(cache: ScoreCache) {
    this.#cache = cache;
  }

  /**
   * Returns the items that must be in the plan. The others have their scores now, or wait for one of these.
   * @param onFound called for each item that has its scores now
   */
  async takeNew(items: readonly Item<P>[], onFound: (item: Item<P>) => void): Promise<Item<P>[]> {
    const found = (item: Item<P>, answers: readonly AnswerScore[]): void => {
      if (item.owner.isScored) return;
      item.owner.file(item.part, answers);
      onFound(item);
    };
    const journalled: { key: string; answers: readonly AnswerScore[] }[] = [];
    const fresh = items.filter((item) => {
      const key = getKey(item.prepared);
      const first = this.#firsts.get(key);
      if (first) {
        const answers = first.item.owner.getAnswers(first.item.part);
        if (answers) found(item, answers);
        else first.twins.push(item);
        return false;
      }
      const known = this.#cache.get(key);
      if (known) {
        found(item, known);
        return false;
      }
      this.#firsts.set(key, { item, twins: [] });
      this.#keys.set(item, key);
      const answers = item.owner.getAnswers(item.part);
      if (answers) journalled.push({ key, answers });
      return true;
    });
    // So that later items find them, as they would have in the process that scored them.
    await this.#cache.put(journalled);
    return fresh;
  }

  /** Stores new scores. @returns the items that waited for them, which have their scores now */
  async put(items: readonly Item<P>[]): Promise<Item<P>[]> {
    const entries = items.map((item) => ({
      key: this.#keys.get(item)!,
      answers: item.owner.getAnswers(item.part)!,
    }));
    await this.#cache.put(entries);
    return entries.flatMap(({ key, answers }) => {
      const waiting = this.#firsts
        .get(key)!
        .twins.splice(0)
        .filter(({ owner }) => !owner.isScored);
      for (const { owner, part } of waiting) owner.file(part, answers);
      return waiting;
    });
  }
}
