/**
 * Which addresses of images led on to this machine or network. A page from outside can have its own
 * address lead there; nothing in the page shows it.
 */

import { isPrivateAddress } from "./addresses.js";
import { policyFor } from "./policy.js";

const KEY = "redirects";
const MOST_KEPT = 1000;
const MOST_OPEN = 1000;

/** Also what stands in srcset, in an object, and before a film. */
export const FILTER = { urls: ["<all_urls>"], types: ["image", "imageset", "object", "media"] };

/** By then Firefox has looked up where an address led on to. */
const LOOKED_UP_MS = 5000;

/**
 * @typedef {{ requestId: string, url: string, redirectUrl: string, incognito?: boolean }} Redirect
 */

export class Redirects {
  #storage;
  #names;
  #settings;
  /** The first address of each request that was led on. @type {Map<string, string>} */
  #first = new Map();
  /** Where an address led on to lately. @type {Map<string, string>} */
  #ledOn = new Map();
  /** @type {Set<string>} */
  #inside = new Set();

  /** Fulfilled when those of before the last suspension are known; it never fails. */
  ready;

  /**
   * @param {{ get(key: string): Promise<Record<string, unknown>>,
   *   set(items: Record<string, unknown>): Promise<void> }} storage that lasts as long as Firefox
   * @param {Pick<import("./names.js").Names, "leadInside">} names
   * @param {Pick<import("./settings.js").SettingsStore, "ready" | "current">} settings
   */
  constructor(storage, names, settings) {
    this.#storage = storage;
    this.#names = names;
    this.#settings = settings;
    this.ready = this.#load();
  }

  /** @param {Redirect} redirect as Firefox tells of it */
  async note({ requestId, url, redirectUrl, incognito = false }) {
    await this.#settings.ready;
    if (!policyFor(this.#settings.current, { incognito }).onRequest) {
      return; // nothing is looked at before the user has agreed
    }
    const first = this.#first.get(requestId) ?? url;
    this.#first.set(requestId, first);
    dropOldest(this.#first, MOST_OPEN);
    const start = withoutEnd(first);
    if (isPrivateAddress(redirectUrl)) {
      this.#keep(start);
      return;
    }
    this.#ledOn.set(start, redirectUrl);
    dropOldest(this.#ledOn, MOST_OPEN);
    // Kept while this page of the background lives: what leads inside must be known for longer.
    setTimeout(() => this.#lookAgain(start, redirectUrl), LOOKED_UP_MS);
  }

  /**
   * @param {string} url
   * @returns {Promise<boolean>} whether it led to this machine or network
   */
  async leadInside(url) {
    const start = withoutEnd(url);
    const target = this.#ledOn.get(start);
    if (target !== undefined) {
      await this.#lookAgain(start, target);
    }
    return this.#inside.has(start);
  }

  /**
   * @param {string} start
   * @param {string} target
   */
  async #lookAgain(start, target) {
    if (await this.#names.leadInside(target)) {
      this.#keep(start);
    }
  }

  /** @param {string} start an address that led inside */
  #keep(start) {
    this.#inside.add(start);
    dropOldest(this.#inside, MOST_KEPT);
    this.#storage.set({ [KEY]: [...this.#inside] }).catch(() => {}); // known until suspended
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
