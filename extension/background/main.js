/** The background page: takes questions from content scripts and puts them to the host. */

import { Captions } from "./captions.js";
import { Connection } from "./connection.js";
import { download } from "./download.js";
import { readQuestion } from "./page_messages.js";

const HOST = "altlens";

const captions = new Captions(
  new Connection(
    () => browser.runtime.connectNative(HOST),
    browser.runtime.getManifest().version,
  ),
);

browser.runtime.onMessage.addListener((message, sender) => {
  const question = readQuestion(message);
  if (question === null || sender.id !== browser.runtime.id || !sender.tab) {
    return Promise.resolve(null);
  }
  return answer(question, sender.tab.incognito);
});

/**
 * @param {import("./page_messages.js").Question} question
 * @param {boolean} incognito
 * @returns {Promise<import("./answer.js").Answer | null>}
 */
async function answer({ bytes, url, priority, language }, incognito) {
  const file = bytes ? new Uint8Array(bytes) : await download(url ?? "");
  if (file === null) {
    return null;
  }
  // TypeScript's library does not know Uint8Array.prototype.toBase64 (ES2026) yet.
  const image = /** @type {{ toBase64(): string }} */ (/** @type {unknown} */ (file)).toBase64();
  return captions.ask({ image, size: file.length, priority, language, private: incognito });
}
