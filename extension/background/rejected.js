/**
 * The pictures whose description the user took away because it was wrong. They are known by a
 * digest, and not described by themselves again.
 */

import { isRecord } from "./protocol.js";

const KEY = "rejected";
const MOST = 1000;
const DIGEST = /^[A-Za-z0-9+/]{43}=$/;

export class Rejected {
  #storage;
  /** @type {Set<string>} */
  #kept = new Set();
  /** Those of private windows: not on the disk. */
  #private = new Set();

  /** Fulfilled when those of before are known; it never fails. */
  ready;

  /** @param {{ get(key: string): Promise<Record<string, unknown>>,
   *   set(items: Record<string, unknown>): Promise<void> }} storage */
  constructor(storage) {
    this.#storage = storage;
    this.ready = this.#load();
  }

  /**
   * @param {string} digest
   * @param {boolean} incognito
   * @returns {boolean}
   */
  has(digest, incognito) {
    return this.#kept.has(digest) || (incognito && this.#private.has(digest));
  }

  /**
   * @param {string} digest
   * @param {boolean} incognito
   */
  async add(digest, incognito) {
    if (incognito) {
      this.#private.add(digest);
      return;
    }
    this.#kept.add(digest);
    await this.#storage.set({ [KEY]: [...this.#kept].slice(-MOST) });
  }

  async clear() {
    this.#kept.clear();
    this.#private.clear();
    await this.#storage.set({ [KEY]: [] });
  }

  async #load() {
    const items = await this.#storage.get(KEY).catch(() => ({}));
    const kept = isRecord(items) ? items[KEY] : [];
    if (Array.isArray(kept)) {
      kept.filter((one) => DIGEST.test(one)).forEach((one) => this.#kept.add(one));
    }
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes of a picture
 * @returns {Promise<string>} their SHA-256, in base64
 */
export async function digestOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(String.fromCharCode(...digest));
}
