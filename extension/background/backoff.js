/** How long to wait before the next try: doubling, capped, and scattered. */

export class Backoff {
  #first;
  #longest;
  #random;
  #failures = 0;

  /**
   * @param {number} first milliseconds after the first failure
   * @param {number} longest milliseconds, however many failures there were
   * @param {() => number} [random] from 0 to 1
   */
  constructor(first, longest, random = Math.random) {
    this.#first = first;
    this.#longest = longest;
    this.#random = random;
  }

  /**
   * Counts a failure.
   * @returns {number} milliseconds to wait: between half of the full time and all of it
   */
  next() {
    const full = Math.min(this.#longest, this.#first * 2 ** this.#failures);
    this.#failures += 1;
    return full * (0.5 + this.#random() / 2);
  }

  /** Forgets the failures, because a try went well. */
  reset() {
    this.#failures = 0;
  }
}
