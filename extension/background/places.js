/** Which tab and which document a question comes from, and which of them have gone. */

const MOST_KEPT = 256;
const PAGES_PER_TAB = 2 ** 32;
const TABS = 2 ** 20;

/**
 * @typedef {object} Place
 * @property {number} tab
 * @property {number} page no other document's, in any tab
 */

/**
 * @param {number} tab the tab's id
 * @param {number} document the number that the document gave itself, below 2^32
 * @returns {Place} a document can name none of another tab's
 */
export function placeOf(tab, document) {
  return { tab, page: (tab % TABS) * PAGES_PER_TAB + document };
}

/** Remembers what went last, so that a question that was still on its way is not asked. */
export class Gone {
  /** @type {Set<string>} */
  #gone = new Set();

  /** @param {Partial<Place>} left a tab, or a page */
  add(left) {
    this.#gone.add(JSON.stringify(left));
    if (this.#gone.size > MOST_KEPT) {
      this.#gone.delete(/** @type {string} */ (this.#gone.values().next().value));
    }
  }

  /**
   * @param {Place} place
   * @returns {boolean}
   */
  has({ tab, page }) {
    return this.#gone.has(JSON.stringify({ tab })) || this.#gone.has(JSON.stringify({ page }));
  }
}

/**
 * @param {Place} place
 * @param {Partial<Place>} left
 * @returns {boolean} whether the place is the page that was left, or one in the tab
 */
export function isIn(place, left) {
  return place.tab === left.tab || place.page === left.page;
}
