/** The background page: takes questions from content scripts and puts them to the host. */

import { Captions } from "./captions.js";
import { Connection } from "./connection.js";
import { download } from "./download.js";
import { Interface } from "./interface.js";
import { readLeaving, readQuestion } from "./page_messages.js";
import { placeOf } from "./places.js";
import { profileKey } from "./profile_key.js";
import { Remembered } from "./remembered.js";
import { SettingsStore } from "./settings.js";

const HOST = "altlens";
const KEY_MS = 2000;

const connection = new Connection(
  () => browser.runtime.connectNative(HOST),
  browser.runtime.getManifest().version,
);
const captions = new Captions(connection);
const remembered = new Remembered(connection, browser.storage.local);
const settings = new SettingsStore(browser.storage);
const ui = new Interface(connection, settings);
const ready = unlock();

browser.runtime.onMessage.addListener((message, sender) => {
  if (sender.url?.startsWith(browser.runtime.getURL(""))) {
    return command(message);
  }
  const tab = sender.tab?.id;
  if (sender.id !== browser.runtime.id || !sender.tab || tab === undefined) {
    return Promise.resolve(null);
  }
  const left = readLeaving(message);
  if (left !== null) {
    captions.leave({ page: placeOf(tab, left).page });
  }
  const question = readQuestion(message);
  return question === null
    ? Promise.resolve(null)
    : answer(question, placeOf(tab, question.page), sender.tab.incognito);
});

browser.tabs.onRemoved.addListener((tab) => captions.leave({ tab }));

/**
 * The host hears the key in its first message, so nothing is asked before it is there; but not
 * even a storage that never answers may cost a description.
 */
async function unlock() {
  const found = profileKey(browser.storage.local).then((key) => {
    connection.profileKey = key;
  });
  await Promise.race([found, new Promise((resolve) => setTimeout(resolve, KEY_MS))]);
  remembered.resume().catch(() => {}); // it is tried again when Firefox starts the next time
}

/**
 * Does what a page of the extension's own asks for.
 * @param {unknown} message
 * @returns {Promise<unknown>}
 */
async function command(message) {
  await ready;
  switch (message) {
    case "count remembered":
      return remembered.count();
    case "verify remembered":
      return remembered.verify();
    case "forget remembered":
      return remembered.forget();
    default:
      return ui.answer(message);
  }
}

/**
 * @param {import("./page_messages.js").Question} question
 * @param {import("./places.js").Place} place
 * @param {boolean} incognito
 * @returns {Promise<import("./answer.js").Answer | null>}
 */
async function answer({ bytes, url, priority, language }, place, incognito) {
  const file = bytes ? new Uint8Array(bytes) : await download(url ?? "");
  if (file === null) {
    return null;
  }
  await ready;
  // TypeScript's library does not know Uint8Array.prototype.toBase64 (ES2026) yet.
  const image = /** @type {{ toBase64(): string }} */ (/** @type {unknown} */ (file)).toBase64();
  const picture = { image, size: file.length, priority, language, private: incognito };
  return captions.ask(picture, place);
}
