/** Who asks: what Firefox says of it, for a page could say anything of itself. */

import { isPrivateAddress } from "./addresses.js";

/**
 * @typedef {object} Asker
 * @property {number} tab
 * @property {number} frame
 * @property {string} [url] of the tab, as its address bar shows it
 * @property {boolean} incognito
 * @property {boolean} [off] whether the user switched off the page that the tab shows
 * @property {boolean} isPublic whether its document is from outside of this machine and network
 */

/**
 * @typedef {object} Sender
 * @property {string} [id]
 * @property {number} [frameId]
 * @property {string} [url]
 * @property {string} [origin]
 * @property {{ id?: number, url?: string, incognito: boolean }} [tab]
 */

/**
 * @param {Sender} sender
 * @param {string} own the id of this extension
 * @returns {Asker | null} null where it is no content script of ours
 */
export function readSender({ id, frameId, url, origin, tab }, own) {
  if (id !== own || tab?.id === undefined || frameId === undefined) {
    return null;
  }
  // A document without an address of its own has the origin of who made it; one in a sandbox has
  // none, and counts by its address, or by the page that it is in.
  const document = [origin, url, tab.url].find((one) => one && /^(?:https?|file):/.test(one));
  return {
    tab: tab.id,
    frame: frameId,
    url: tab.url,
    incognito: tab.incognito,
    isPublic: !isPrivateAddress(document ?? ""),
  };
}
