/** Seconds of scoring before which its rate says nothing. */
const SETTLED = 1;

/**
 * How long scoring will yet take, by what it costs (see `rowCost`): questions are scored longest first, so that their
 * number would tell too much time at first and too little later. What is not tokenised yet is taken to cost as much as
 * what is.
 */
export class TimeLeft {
  readonly #count: number;
  readonly #now: () => number;
  #knownCount = 0;
  #known = 0;
  #spared = 0;
  #computed = 0;
  #began: number | undefined;

  /**
   * @param count questions, all together
   * @param now milliseconds
   */
  constructor(count: number, now: () => number = () => performance.now()) {
    this.#count = count;
    this.#now = now;
  }

  /** Some questions, and what they cost together. */
  known(count: number, cost: number): void {
    this.#knownCount += count;
    this.#known += cost;
  }

  /** What need not be computed. */
  spared(cost: number): void {
    this.#spared += cost;
  }

  /** Scoring begins, or goes on. */
  begin(): void {
    this.#began ??= this.#now();
  }

  computed(cost: number): void {
    this.#computed += cost;
  }

  /** undefined as long as there is nothing to judge by */
  seconds(): number | undefined {
    const seconds = this.#began === undefined ? 0 : (this.#now() - this.#began) / 1000;
    if (this.#computed === 0 || seconds < SETTLED) return undefined;
    const unknown = (this.#known / this.#knownCount) * (this.#count - this.#knownCount);
    const left = this.#known + unknown - this.#spared - this.#computed;
    return Math.max(0, left) * (seconds / this.#computed);
  }
}
