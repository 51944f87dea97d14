/**
 * Which addresses of images led on to this machine or network. A page from outside can have its own
 * address lead there; nothing in the page shows it.
 */

import { isPrivateAddress } from "./addresses.js";

const KEY = "redirects";
const MOST_KEPT = 1000;
const MOST_OPEN = 1000;

/** Also what stands in srcset, in an object, and before a film. */
export const FILTER = { urls: ["<all_urls>"], types: ["image", "imageset", "object", "media"] };

/** @typedef {{ requestId: string, url: string, redirectUrl: string }} Redirect */

export class Redirects {
  #storage;
  /** The first address of each request that was led on. @type {Map<string, string>} */
  #first = new Map();
  /** @type {Set<string>} */
  #inside = new Set();

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

  /** @param {Redirect} redirect as Firefox tells of it */
  note({ requestId, url, redirectUrl }) {
    const first = this.#first.get(requestId) ?? url;
    this.#first.set(requestId, first);
    dropOldest(this.#first, MOST_OPEN);
    if (isPrivateAddress(redirectUrl)) {
      this.#inside.add(withoutEnd(first));
      dropOldest(this.#inside, MOST_KEPT);
      this.#storage.set({ [KEY]: [...this.#inside] }).catch(() => {}); // known until suspended
    }
  }

  /**
   * @param {string} url
   * @returns {boolean} whether it led to this machine or network
   */
  leadInside(url) {
    return this.#inside.has(withoutEnd(url));
  }

  async #load() {
    const { [KEY]: kept } = await this.#storage.get(KEY).catch(() => ({ [KEY]: [] }));
    if (Array.isArray(kept)) {
      kept.filter((one) => typeof one === "string").forEach((one) => this.#inside.add(one));
    }
  }
}

/**
 * @param {string} url
 * @returns {string} without its fragment, as far as questions tell it
 */
function withoutEnd(url) {
  return url.split("#")[0].slice(0, 2048);
}

/**
 * @param {Map<string, unknown> | Set<string>} kept
 * @param {number} most
 */
function dropOldest(kept, most) {
  if (kept.size > most) {
    kept.delete(/** @type {string} */ (kept.keys().next().value));
  }
}
