/**
 * Describes an image because the user asked for it, in a window of the extension's own: whatever
 * is said there no page can read.
 */

import { isClosedFile } from "./files.js";
import { DIALOG } from "./ui_messages.js";

/** @typedef {import("./ui_messages.js").Target} Target */
/** @typedef {import("./ui_messages.js").Purpose} Purpose */
/** @typedef {import("./ui_messages.js").Failure} Failure */
/** @typedef {{ id?: number, windowId?: number, incognito: boolean, url?: string }} Tab */

const WIDTH = 640;
const HEIGHT = 480;
/** Longer than any picture may take; a page may have lost the question on its way. */
const ANSWER_MS = 120_000;
/** One in another, down to the one that has the focus. */
const MOST_FRAMES = 16;

export class OnDemand {
  #settings;
  #requests;
  #rejected;
  #forget;

  /**
   * @param {import("./settings.js").SettingsStore} settings
   * @param {import("./requests.js").Requests} requests
   * @param {import("./rejected.js").Rejected} rejected
   * @param {(digest: string) => Promise<unknown>} forget has the host forget a picture
   */
  constructor(settings, requests, rejected, forget) {
    this.#settings = settings;
    this.#requests = requests;
    this.#rejected = rejected;
    this.#forget = forget;
  }

  /**
   * Asks for a description and shows it.
   * @param {Tab} tab in which the image is
   * @param {Target} target
   * @param {Purpose} purpose
   * @param {number} [frame] in which it is; without it the page and then all its frames are asked
   */
  async describe(tab, target, purpose, frame) {
    const number = this.#requests.open(tab.id ?? -1, tab.incognito, purpose);
    // The page hears first: what has the focus there is to be found before the window takes it.
    const failed = this.#ask(number, tab, target, frame === undefined ? [0, null] : [frame]);
    await browser.windows.create({
      type: "popup",
      url: browser.runtime.getURL(`dialog/dialog.html?${number}`),
      width: WIDTH,
      height: HEIGHT,
      incognito: tab.incognito,
    });
    const failure = await failed;
    if (failure !== null) {
      this.#requests.tell(number, { state: "failed", failure });
    }
    setTimeout(() => this.#giveUp(number), ANSWER_MS);
  }

  /**
   * Serves a dialog.
   * @param {browser.runtime.Port} port
   */
  async serve(port) {
    const number = Number(port.name.slice(DIALOG.length));
    const request = this.#requests.get(number);
    if (!request) {
      port.disconnect();
      return;
    }
    this.#requests.follow(number, (shown) => port.postMessage(shown));
    port.onMessage.addListener((message) => {
      if (/** @type {unknown} */ (message) === "take away") {
        this.#takeAway(number, request);
      }
    });
    port.onDisconnect.addListener(() => {
      this.#requests.close(number);
      browser.tabs
        .get(request.tab)
        .then((tab) => browser.windows.update(tab.windowId ?? -1, { focused: true }))
        .catch(() => {}); // its window was closed meanwhile
    });
  }

  /**
   * @param {number} number
   * @param {Tab} tab
   * @param {Target} target
   * @param {(number | null)[]} frames to ask one after the other; null stands for all
   * @returns {Promise<Failure | null>} null where the question is on its way
   */
  async #ask(number, tab, target, frames) {
    await this.#settings.ready;
    const { consent, privateWindows } = this.#settings.current;
    if (!consent) {
      return "no-consent";
    }
    if (tab.incognito && !privateWindows) {
      return "private";
    }
    if (await isClosedFile(tab.url)) {
      return "no-files";
    }
    const message = { type: "describe-target", request: number, target };
    try {
      let asked = 0;
      for (let next = frames; next.length > 0 && asked < MOST_FRAMES; asked += 1) {
        const [frame, ...others] = next;
        const where = frame === null ? {} : { frameId: frame };
        const found = await browser.tabs.sendMessage(tab.id ?? -1, message, where);
        if (typeof found === "boolean") {
          return found ? null : "no-picture";
        }
        next = Number.isInteger(found?.frame) ? [found.frame] : others;
      }
    } catch {
      return "no-page";
    }
    return "first" in target ? "none-left" : "no-image";
  }

  /** @param {number} number */
  #giveUp(number) {
    if (this.#requests.get(number)?.shown.state === "working") {
      this.#requests.tell(number, { state: "failed", failure: "no-answer" });
    }
  }

  /**
   * @param {number} number
   * @param {import("./requests.js").Request} request
   */
  async #takeAway(number, request) {
    const { tab, frame, digests } = request;
    if (frame === null) {
      return;
    }
    // By the first it is known again, before there is a sharper one.
    await this.#rejected.add(digests[0], request.private);
    await browser.tabs
      .sendMessage(tab, { type: "take-away", request: number }, { frameId: frame })
      .catch(() => {}); // the page was left meanwhile
    this.#requests.tell(number, { state: "taken-away" });
    await Promise.all(digests.map((one) => this.#forget(one)));
  }
}
