/** What may be done on a page, by the user's settings. */

import { siteOf } from "./settings_schema.js";

/** @typedef {import("./settings_schema.js").Settings} Settings */

/**
 * What a content script is told.
 * @typedef {object} Policy
 * @property {import("./settings_schema.js").SiteChoice} active "automatic": describe what has no
 *   words; "asked": only what the user asks for; "off": nothing, and take back what was written
 * @property {boolean} pageOff whether the user switched off this page alone
 * @property {boolean} onRequest whether a request by hand is answered, also where `active` is "off"
 * @property {boolean} repairNames
 * @property {boolean} emptyAlts
 * @property {boolean} sayUnsure
 * @property {boolean} mark
 * @property {string} words what else the words depend on: when it changes, they are made anew
 */

/** @type {Readonly<Policy>} */
export const NOTHING = Object.freeze({
  active: "off",
  pageOff: false,
  onRequest: false,
  repairNames: false,
  emptyAlts: false,
  sayUnsure: false,
  mark: false,
  words: "",
});

/**
 * The site is the tab's, as its address bar shows it: all frames in a page follow the switch that
 * the user set for that page.
 * @param {Settings} settings
 * @param {{ url?: string, incognito: boolean, off?: boolean }} tab `off`: the page that it shows was
 *   switched off
 * @returns {Policy}
 */
export function policyFor(settings, { url, incognito, off = false }) {
  if (!settings.consent || (incognito && !settings.privateWindows)) {
    return NOTHING;
  }
  const { repairNames, emptyAlts, sayUnsure, mark } = settings;
  const { hedge, prefix, verbosity } = settings;
  return {
    active: settings.paused || off ? "off" : choiceFor(settings, url),
    pageOff: off,
    onRequest: true,
    repairNames,
    emptyAlts,
    sayUnsure,
    mark,
    words: JSON.stringify([hedge, prefix, verbosity]),
  };
}

/**
 * @param {Settings} settings
 * @param {string} [url] of the tab
 * @returns {import("./settings_schema.js").SiteChoice} what was chosen for the site, or for all
 */
export function choiceFor(settings, url) {
  const site = siteOf(url);
  return site !== null && Object.hasOwn(settings.sites, site)
    ? settings.sites[site]
    : settings.mode;
}
