/** Seconds of scoring before its rate is meaningful. */
const SETTLED = 1;

/**
 * Estimates the remaining time of scoring from its cost (see `getRowCost`): questions are scored longest first, so their
 * number would overestimate the time at first and underestimate it later. Questions that are not tokenized yet are assumed
 * to cost as much as those that are.
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
   * @param count total number of questions
   * @param now milliseconds
   */
  constructor(count: number, now: () => number = () => performance.now()) {
    this.#count = count;
    this.#now = now;
  }

  /** Adds questions and their total cost. */
  known(count: number, cost: number): void {
    this.#knownCount += count;
    this.#known += cost;
  }

  /** Subtracts the cost of what need not be computed. */
  spared(cost: number): void {
    this.#spared += cost;
  }

  /** Starts or continues scoring. */
  begin(): void {
    this.#began ??= this.#now();
  }

  computed(cost: number): void {
    this.#computed += cost;
  }

  /** undefined until there is enough data for an estimate */
  seconds(): number | undefined {
    const seconds = this.#began === undefined ? 0 : (this.#now() - this.#began) / 1000;
    if (this.#computed === 0 || seconds < SETTLED) return undefined;
    const unknown = (this.#known / this.#knownCount) * (this.#count - this.#knownCount);
    const left = this.#known + unknown - this.#spared - this.#computed;
    return Math.max(0, left) * (seconds / this.#computed);
  }
}
