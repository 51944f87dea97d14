/** The settings: what there is, what each may be, and what it is unless somebody chose. */

import { isRecord } from "./protocol.js";

/** @typedef {"automatic" | "asked" | "off"} SiteChoice */

/**
 * @typedef {object} Settings
 * @property {boolean} consent the user has read what happens where; nothing is read from pages
 *   before
 * @property {"automatic" | "asked"} mode describe images by themselves, or only when asked
 * @property {boolean} paused nothing is described by itself anywhere
 * @property {Record<string, SiteChoice>} sites by `siteOf` of their address
 * @property {boolean} privateWindows whether anything is done there
 * @property {boolean} hedge say "Perhaps" where the model was not sure
 * @property {string} prefix said before each description
 * @property {boolean} mark set `data-altlens` on images that were described
 * @property {"short" | "full"} verbosity
 * @property {boolean} sayUnsure say "No description" where the model does not know
 * @property {boolean} repairNames replace alternative text that is a file's name or boilerplate
 * @property {boolean} emptyAlts let images whose author says that they are decorative be described
 *   on request
 * @property {boolean} warmStart load the model when Firefox starts
 * @property {number} keepDays how long descriptions are remembered on the disk; 0 for as long as
 *   the host keeps them
 */

/** @typedef {keyof Settings} Name */

export const VERSION = 1;
export const MOST_SITES = 1000;
export const MOST_PREFIX = 40;
export const MOST_DAYS = 3650;

/** Each letter, digit and sign of a host's name, or "file:". */
const SITE = /^(?:file:|[a-z0-9._[\]:-]{1,255})$/;

/** @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({
  consent: false,
  mode: "automatic",
  paused: false,
  sites: {},
  privateWindows: false,
  hedge: true,
  prefix: "",
  mark: true,
  verbosity: "full",
  sayUnsure: false,
  repairNames: false,
  emptyAlts: false,
  warmStart: false,
  keepDays: 0,
});

/** @type {Record<Name, (value: unknown) => boolean>} */
const VALID = {
  consent: isBoolean,
  mode: (value) => value === "automatic" || value === "asked",
  paused: isBoolean,
  sites: isSites,
  privateWindows: isBoolean,
  hedge: isBoolean,
  prefix: isPrefix,
  mark: isBoolean,
  verbosity: (value) => value === "short" || value === "full",
  sayUnsure: isBoolean,
  repairNames: isBoolean,
  emptyAlts: isBoolean,
  warmStart: isBoolean,
  keepDays: (value) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_DAYS,
};

/** What earlier versions had: passed over where it is still stored, exported or set by a policy. */
const FORMER = ["hedgeBelow"];

export const NAMES = /** @type {Name[]} */ (Object.keys(DEFAULTS));

/**
 * Takes the settings out of whatever was stored, typed by an administrator or imported.
 * @param {unknown} given
 * @returns {{ found: Partial<Settings>, bad: string[] }} what is valid, and the names of what is
 *   not: wrong values and settings that do not exist
 */
export function readSettings(given) {
  if (!isRecord(given)) {
    return { found: {}, bad: given === undefined ? [] : ["settings"] };
  }
  /** @type {Record<string, unknown>} */
  const found = {};
  const bad = [];
  for (const [name, value] of Object.entries(given)) {
    if (name === "version" || FORMER.includes(name)) {
      continue;
    }
    if (Object.hasOwn(VALID, name) && VALID[/** @type {Name} */ (name)](value)) {
      found[name] = value;
    } else {
      bad.push(name);
    }
  }
  return { found: /** @type {Partial<Settings>} */ (found), bad };
}

/**
 * @param {string | undefined} url
 * @returns {string | null} what the settings call the site of an address; null where it has none
 */
export function siteOf(url) {
  if (!url || !URL.canParse(url)) {
    return null;
  }
  const { protocol, hostname } = new URL(url);
  if (protocol === "file:") {
    return "file:";
  }
  return protocol === "http:" || protocol === "https:" ? hostname : null;
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
function isBoolean(value) {
  return typeof value === "boolean";
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
function isPrefix(value) {
  return (
    typeof value === "string" &&
    value.length <= MOST_PREFIX &&
    value.isWellFormed() &&
    !/[\p{Cc}\p{Bidi_Control}]/u.test(value)
  );
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
function isSites(value) {
  return (
    isRecord(value) &&
    Object.keys(value).length <= MOST_SITES &&
    Object.entries(value).every(
      ([site, choice]) =>
        SITE.test(site) && (choice === "automatic" || choice === "asked" || choice === "off"),
    )
  );
}
