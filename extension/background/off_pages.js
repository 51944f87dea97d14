/** In which tabs the page that is shown was switched off, until another document comes. */

const KEY = "offPages";

export class OffPages {
  #storage;
  /** @type {Set<number>} */
  #tabs = new Set();

  /** Fulfilled when those of before the last suspension are known; it never fails. */
  ready;

  /**
   * @param {{ get(key: string): Promise<Record<string, unknown>>,
   *   set(items: Record<string, unknown>): Promise<void> }} storage that lasts as long as Firefox
   */
  constructor(storage) {
    this.#storage = storage;
    this.ready = this.#load();
  }

  /**
   * @param {number} [tab]
   * @returns {boolean} whether the page that it shows is off
   */
  has(tab) {
    return tab !== undefined && this.#tabs.has(tab);
  }

  /**
   * @param {number} tab
   * @param {boolean} off
   */
  async set(tab, off) {
    await this.ready;
    if (off === this.#tabs.has(tab)) {
      return;
    }
    if (off) {
      this.#tabs.add(tab);
    } else {
      this.#tabs.delete(tab);
    }
    await this.#storage.set({ [KEY]: [...this.#tabs] }).catch(() => {}); // known until suspended
  }

  async #load() {
    const { [KEY]: kept } = await this.#storage.get(KEY).catch(() => ({ [KEY]: [] }));
    if (Array.isArray(kept)) {
      kept.filter((one) => Number.isInteger(one)).forEach((one) => this.#tabs.add(one));
    }
  }
}
