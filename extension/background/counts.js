/** How many images were described in each tab, document by document. */

export class Counts {
  /** @type {Map<number, Map<number, number>>} */
  #tabs = new Map();

  /** @param {import("./places.js").Place} place in which an image was described */
  add({ tab, page }) {
    const pages = this.#tabs.get(tab) ?? new Map();
    this.#tabs.set(tab, pages.set(page, (pages.get(page) ?? 0) + 1));
  }

  /** @param {Partial<import("./places.js").Place>} left a tab, or a document */
  leave({ tab, page }) {
    if (tab !== undefined) {
      this.#tabs.delete(tab);
    }
    if (page !== undefined) {
      this.#tabs.forEach((pages) => pages.delete(page));
    }
  }

  /**
   * @param {number} tab
   * @returns {number}
   */
  of(tab) {
    return [...(this.#tabs.get(tab)?.values() ?? [])].reduce((sum, one) => sum + one, 0);
  }
}
