/**
 * What the user asked for by hand: each has a number, a tab in which it was asked, and a dialog in
 * which it is answered. A page hears no more of it than of any other description.
 */

/** @typedef {import("./ui_messages.js").Shown} Shown */

/**
 * @typedef {object} Request
 * @property {number} tab
 * @property {boolean} private
 * @property {number | null} frame that asked; null until one did
 * @property {string[]} digests of the picture, and of the sharper one that the host asked for
 * @property {Shown} shown
 * @property {((shown: Shown) => void)[]} listeners
 */

/** The dialogs that somebody may have left open. */
const MOST = 32;
const MOST_DIGESTS = 2;

export class Requests {
  /** @type {Map<number, Request>} */
  #requests = new Map();

  /**
   * @param {number} tab
   * @param {boolean} incognito
   * @param {import("./ui_messages.js").Purpose} purpose
   * @returns {number} the request's number, which no page can guess
   */
  open(tab, incognito, purpose) {
    const number = crypto.getRandomValues(new Uint32Array(1))[0];
    this.#requests.set(number, {
      tab,
      private: incognito,
      frame: null,
      digests: [],
      shown: { state: "working", purpose },
      listeners: [],
    });
    if (this.#requests.size > MOST) {
      this.#requests.delete(/** @type {number} */ (this.#requests.keys().next().value));
    }
    return number;
  }

  /**
   * @param {number} number
   * @returns {Request | undefined}
   */
  get(number) {
    return this.#requests.get(number);
  }

  /**
   * Notes who asks for a request, and which picture; then which sharper one.
   * @param {number} number
   * @param {{ tab: number, frame: number, digest: string, sharper: boolean }} sender
   * @returns {boolean} whether the tab was asked to, and nothing was asked for it yet; of a sharper
   *   picture, whether it is the same frame's
   */
  claim(number, { tab, frame, digest, sharper }) {
    const request = this.#requests.get(number);
    if (!request || request.tab !== tab || request.frame !== (sharper ? frame : null)) {
      return false;
    }
    request.frame = frame;
    request.digests = [...request.digests.slice(0, MOST_DIGESTS - 1), digest];
    return true;
  }

  /**
   * @param {number} number
   * @param {Omit<Shown, "purpose">} news
   */
  tell(number, news) {
    const request = this.#requests.get(number);
    if (request) {
      request.shown = { ...request.shown, ...news };
      request.listeners.forEach((listener) => listener(request.shown));
    }
  }

  /**
   * @param {number} number
   * @param {(shown: Shown) => void} listener hears how it is now, and all that comes
   * @returns {boolean} whether there is such a request
   */
  follow(number, listener) {
    const request = this.#requests.get(number);
    request?.listeners.push(listener);
    if (request) {
      listener(request.shown);
    }
    return request !== undefined;
  }

  /** @param {number} number */
  close(number) {
    this.#requests.delete(number);
  }
}
