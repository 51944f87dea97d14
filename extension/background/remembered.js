/**
 * What the host remembers on the disk for this profile: count it, have it examined, forget it.
 * Each answers with the host's report, or null where the host could not be asked or refused.
 */

import { changeBrokeOff, nextKey, useNextKey } from "./profile_key.js";

/** @typedef {Record<string, unknown>} Report */

export class Remembered {
  #connection;
  #storage;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("./profile_key.js").Storage} storage
   */
  constructor(connection, storage) {
    this.#connection = connection;
    this.#storage = storage;
  }

  /** @returns {Promise<Report | null>} */
  count() {
    return this.#ask({ type: "cache_stats" });
  }

  /**
   * Has every entry opened with the profile's key, which only the extension can give.
   * @returns {Promise<Report | null>}
   */
  verify() {
    return this.#ask({ type: "cache_verify" });
  }

  /**
   * Forgets everything, and the key too: copies of the host's file, made by a backup or by the
   * disk itself, stay closed from then on.
   * @returns {Promise<Report | null>}
   */
  async forget() {
    const report = await this.#ask({ type: "cache_clear" });
    return report && (await this.changeKey()) ? report : null;
  }

  /**
   * Has everything sealed with a new key. The old one is kept until the host is done: a change
   * that breaks off is done again, with the same new key.
   * @returns {Promise<Report | null>}
   */
  async changeKey() {
    const key = await nextKey(this.#storage);
    const report = await this.#ask({ type: "cache_rotate", profile_key: key });
    if (report) {
      await useNextKey(this.#storage, key);
      this.#connection.profileKey = key;
    }
    return report;
  }

  /** Goes on with a change of the key that an end of Firefox broke off. */
  async resume() {
    if (await changeBrokeOff(this.#storage)) {
      await this.changeKey();
    }
  }

  /**
   * @param {import("./connection.js").Question} message
   * @returns {Promise<Report | null>}
   */
  async #ask(message) {
    const reply = await this.#connection.ask(message);
    return reply?.type === "cache_report" ? reply.report : null;
  }
}
