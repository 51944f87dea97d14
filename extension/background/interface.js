/** What the user sees and controls, put together: the background page hands on what concerns it. */

import { Counts } from "./counts.js";
import { hostState } from "./host_state.js";
import { listen, makeMenus } from "./menus.js";
import { OffPages } from "./off_pages.js";
import { OnDemand } from "./on_demand.js";
import { policyFor } from "./policy.js";
import { Rejected } from "./rejected.js";
import { Requests } from "./requests.js";
import { sayOnButton } from "./toolbar.js";
import { DIALOG, readUiMessage } from "./ui_messages.js";

const STATUS_MS = 3000;
const CONSENT_PAGE = "consent/consent.html";

export class Interface {
  #connection;
  #settings;
  #onDemand;
  requests = new Requests();
  rejected;
  counts = new Counts((tab) => browser.tabs.sendMessage(tab, { type: "count" }));
  offPages = new OffPages(browser.storage.session);

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("./settings.js").SettingsStore} settings
   */
  constructor(connection, settings) {
    this.#connection = connection;
    this.#settings = settings;
    this.rejected = new Rejected(browser.storage.local);
    this.#onDemand = new OnDemand(settings, this.requests, this.rejected, (picture) =>
      connection.ask({ type: "cache_forget", picture }),
    );
    this.#listen();
  }

  /**
   * Does what the popup or the options page asks for.
   * @param {unknown} message
   * @returns {Promise<unknown>} null where it is nothing for this part
   */
  async answer(message) {
    const read = readUiMessage(message);
    switch (read?.type) {
      case "host":
        return this.#hostState();
      case "described":
        return this.counts.of(read.tab);
      case "is-off":
        await this.offPages.ready;
        return this.offPages.has(read.tab);
      case "switch-page":
        await Promise.all([this.offPages.set(read.tab, read.off), this.#settings.ready]);
        await this.#tellPages();
        return true;
      case "ask": {
        const tab = await browser.tabs.get(read.tab);
        const target = read.target === "focus" ? { focus: true } : { first: true };
        await this.#onDemand.describe(tab, /** @type {any} */ (target), "show");
        return true;
      }
      default:
        return null;
    }
  }

  /**
   * Takes over that a tab shows another page, which was switched off before or was not. Its frames
   * may have asked before it did.
   * @param {{ tab: number, url?: string, incognito: boolean }} page
   * @param {boolean} off
   */
  async showPage(page, off) {
    if (this.offPages.has(page.tab) !== off) {
      await this.offPages.set(page.tab, off);
      const policy = policyFor(this.#settings.current, { ...page, off });
      tell(page.tab, { type: "policy", policy, framesOnly: true });
    }
  }

  /**
   * Tells the user what the host said to what was asked for by hand.
   * @param {number} number
   * @param {import("./protocol.js").Result | null} result
   */
  answered(number, result) {
    if (result === null) {
      const failure = this.#connection.trouble === null ? "no-answer" : "no-host";
      this.requests.tell(number, { state: "failed", failure });
    } else {
      this.requests.tell(number, { state: "answered", result });
    }
  }

  #listen() {
    listen(this.#onDemand, this.#settings);
    browser.runtime.onInstalled.addListener(async ({ reason }) => {
      await makeMenus();
      await this.#settings.ready;
      if (reason === "install" && !this.#settings.current.consent) {
        await browser.tabs.create({ url: browser.runtime.getURL(CONSENT_PAGE) });
      }
    });
    browser.runtime.onStartup.addListener(async () => {
      await makeMenus();
      await this.#settings.ready;
      const { consent, warmStart } = this.#settings.current;
      if (consent && warmStart) {
        this.#connection.open();
      }
    });
    browser.runtime.onConnect.addListener((port) => {
      const own = port.sender?.url?.startsWith(browser.runtime.getURL("dialog/"));
      if (own && port.name.startsWith(DIALOG)) {
        this.#onDemand.serve(port);
      }
    });
    this.#settings.ready.then(() => this.#takeOver());
    this.#settings.onChange((now, before) => {
      this.#takeOver();
      if (now.keepDays !== before.keepDays || now.warmStart !== before.warmStart) {
        this.#connection.greet();
      }
      this.#tellPages();
    });
  }

  #takeOver() {
    const { keepDays, warmStart } = this.#settings.current;
    sayOnButton(this.#connection, this.#settings.current);
    this.#connection.wishes = {
      ...(warmStart ? { warm: true } : {}),
      ...(keepDays > 0 ? { keep_days: keepDays } : {}),
    };
  }

  async #tellPages() {
    await this.offPages.ready;
    for (const { id, url, incognito } of await browser.tabs.query({})) {
      const off = this.offPages.has(id);
      const policy = policyFor(this.#settings.current, { url, incognito, off });
      if (id !== undefined) {
        tell(id, { type: "policy", policy });
      }
    }
  }

  /** @returns {Promise<import("./host_state.js").HostState>} */
  async #hostState() {
    const { promise: late, resolve } = Promise.withResolvers();
    const timer = setTimeout(() => resolve(null), STATUS_MS);
    const reply = await Promise.race([this.#connection.ask({ type: "status" }), late]);
    clearTimeout(timer);
    const state = reply?.type === "state" ? reply : null;
    return hostState(this.#connection.welcome, state, this.#connection.trouble);
  }
}

/**
 * @param {number} tab
 * @param {import("./ui_messages.js").NewPolicy} message
 */
function tell(tab, message) {
  // A page into which Firefox lets no extension has nobody who listens.
  browser.tabs.sendMessage(tab, message).catch(() => {});
}
