/**
 * The settings as they are now: the defaults, over them what the user chose, over that what the
 * administrator of this machine decided.
 *
 * Every page of the extension opens them for itself; a change in one is heard in all.
 */

import { isRecord } from "./protocol.js";
import { DEFAULTS, NAMES, VERSION, readSettings } from "./settings_schema.js";

/** @typedef {import("./settings_schema.js").Settings} Settings */
/** @typedef {import("./settings_schema.js").Name} Name */

const KEY = "settings";
const FILE_KIND = "altlens settings";

/**
 * The parts of browser.storage that are used.
 * @typedef {object} Storage
 * @property {{ get(key: string): Promise<Record<string, unknown>>,
 *   set(items: Record<string, unknown>): Promise<void> }} local
 * @property {{ get(): Promise<Record<string, unknown>> }} managed
 * @property {{ addListener(listener: (changes: Record<string, unknown>, area: string) => void):
 *   void }} onChanged
 */

export class SettingsStore {
  #storage;
  /** @type {unknown} */
  #stored;
  /** @type {unknown} */
  #managed;
  /** @type {Settings} */
  #current = { ...DEFAULTS };
  /** @type {Set<Name>} */
  #locked = new Set();
  /** @type {((now: Settings, before: Settings) => void)[]} */
  #listeners = [];
  /** One change after the other: each begins with what the last one left. */
  #queue = Promise.resolve();
  /** One look at the storage after the other: what the last one finds is what is there. */
  #looks = Promise.resolve();

  /** Fulfilled when the settings are read; it never fails, for then the defaults hold. */
  ready;

  /** @param {Storage} storage */
  constructor(storage) {
    this.#storage = storage;
    storage.onChanged.addListener((changes, area) => {
      if (area === "managed" || (area === "local" && KEY in changes)) {
        this.#load();
      }
    });
    this.ready = this.#load();
  }

  /** @returns {Settings} what holds now */
  get current() {
    return this.#current;
  }

  /** @returns {ReadonlySet<Name>} what the administrator decided */
  get locked() {
    return this.#locked;
  }

  /** @param {(now: Settings, before: Settings) => void} listener hears of each change */
  onChange(listener) {
    this.#listeners.push(listener);
  }

  /**
   * Changes settings for good.
   * @param {Partial<Settings>} changes
   * @throws {TypeError} one of them is not valid; nothing is changed then
   */
  async set(changes) {
    const { found, bad } = readSettings(changes);
    if (bad.length > 0) {
      throw new TypeError(`Not valid: ${bad.join(", ")}`);
    }
    await this.#write(() => found);
  }

  /**
   * Chooses for one site.
   * @param {string} site
   * @param {import("./settings_schema.js").SiteChoice | null} choice null for none of its own
   */
  async setSite(site, choice) {
    await this.#write((stored) => {
      const { sites = {} } = readSettings(stored).found;
      const others = Object.entries(sites).filter(([one]) => one !== site);
      const { found, bad } = readSettings({
        sites: Object.fromEntries(choice === null ? others : [...others, [site, choice]]),
      });
      if (bad.length > 0) {
        throw new TypeError(`Not valid: ${site}`);
      }
      return found;
    });
  }

  /** @returns {string} a file that `importFile` reads; consent is each user's own and not in it */
  exportFile() {
    const settings = { ...this.#current, consent: undefined };
    return `${JSON.stringify({ kind: FILE_KIND, version: VERSION, settings }, null, 2)}\n`;
  }

  /**
   * Takes over settings from a file.
   * @param {string} text
   * @returns {Promise<string[]>} what is wrong with it, by name; nothing is changed then
   */
  async importFile(text) {
    const settings = settingsIn(text);
    if (settings === null) {
      return ["file"];
    }
    const { found, bad } = readSettings(settings);
    if (bad.length > 0 || "consent" in found) {
      return bad.length > 0 ? bad : ["consent"];
    }
    await this.#write(() => found);
    return [];
  }

  /** @param {(stored: unknown) => Partial<Settings>} change */
  async #write(change) {
    const written = this.#queue.then(async () => {
      const { [KEY]: stored } = await this.#storage.local.get(KEY);
      // What a newer version wrote stays there.
      const before = isRecord(stored) ? stored : {};
      await this.#storage.local.set({
        [KEY]: { ...before, ...change(stored), version: before.version ?? VERSION },
      });
      await this.#load();
    });
    this.#queue = written.catch(() => {});
    await written;
  }

  /** @returns {Promise<void>} */
  #load() {
    const look = () => this.#look();
    this.#looks = this.#looks.then(look, look);
    return this.#looks;
  }

  async #look() {
    // A profile whose storage is broken, and one without an administrator: the defaults.
    const [local, managed] = await Promise.all([
      this.#storage.local.get(KEY).catch(() => ({})),
      this.#storage.managed.get().catch(() => ({})),
    ]);
    this.#stored = /** @type {Record<string, unknown>} */ (local)[KEY];
    this.#managed = managed;
    this.#compose();
  }

  #compose() {
    const before = this.#current;
    const decided = readSettings(this.#managed).found;
    this.#current = { ...DEFAULTS, ...readSettings(this.#stored).found, ...decided };
    this.#locked = new Set(NAMES.filter((name) => name in decided));
    if (JSON.stringify(before) !== JSON.stringify(this.#current)) {
      this.#listeners.forEach((listener) => listener(this.#current, before));
    }
  }
}

/**
 * @param {string} text
 * @returns {unknown} null where it is no file of settings
 */
function settingsIn(text) {
  try {
    const file = JSON.parse(text);
    return isRecord(file) && file.kind === FILE_KIND && isRecord(file.settings)
      ? file.settings
      : null;
  } catch {
    return null;
  }
}
