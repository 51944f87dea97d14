/** The background page: takes questions from content scripts and puts them to the host. */

import { Allowances } from "./allowances.js";
import { Captions } from "./captions.js";
import { Connection } from "./connection.js";
import { download } from "./download.js";
import { Interface } from "./interface.js";
import { Names } from "./names.js";
import { readCount, readLeaving, readPolicyRequest, readQuestion } from "./page_messages.js";
import { placeOf } from "./places.js";
import { policyFor } from "./policy.js";
import { profileKey } from "./profile_key.js";
import { Questions } from "./questions.js";
import { FILTER, Redirects } from "./redirects.js";
import { Remembered } from "./remembered.js";
import { readSender } from "./senders.js";
import { SettingsStore } from "./settings.js";
import { startOf } from "./start.js";
import { sayOnButton } from "./toolbar.js";

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
const started = startOf(browser.storage.session);
const allowances = new Allowances();
const names = new Names(browser.dns);
const redirects = new Redirects(browser.storage.session, names, settings);
const questions = new Questions({
  captions,
  allowances,
  settings,
  requests: ui.requests,
  rejected: ui.rejected,
  redirects,
  names,
  answered: (request, result) => ui.answered(request, result),
  download,
  ready,
});

browser.runtime.onMessage.addListener((message, sender) => {
  const isOwn = sender.id === browser.runtime.id;
  if (isOwn && sender.url?.startsWith(browser.runtime.getURL(""))) {
    return command(message);
  }
  const asker = readSender(sender, browser.runtime.id);
  if (asker === null) {
    return Promise.resolve(null);
  }
  const request = readPolicyRequest(message);
  if (request !== null) {
    return policyOf(asker, request.off);
  }
  const left = readLeaving(message);
  if (left !== null) {
    captions.leave({ page: placeOf(asker.tab, left).page });
  }
  const count = readCount(message);
  if (count !== null) {
    ui.counts.note(asker, count);
  }
  const question = readQuestion(message);
  return question === null ? Promise.resolve(null) : answer(question, asker);
});

// Only those of images, and only where they are led on: nothing else wakes the background.
browser.webRequest.onBeforeRedirect.addListener(
  (redirect) => redirects.note(redirect),
  /** @type {browser.webRequest.RequestFilter} */ (FILTER),
);

browser.tabs.onRemoved.addListener((tab) => {
  captions.leave({ tab });
  allowances.forget(tab);
  ui.counts.forget(tab);
  ui.offPages.set(tab, false);
});

connection.onState = () => sayOnButton(connection, settings.current);

// What waits in pages need not wait for its next try.
connection.onBack = async () => {
  for (const { id } of await browser.tabs.query({})) {
    browser.tabs.sendMessage(id ?? -1, { type: "again" }).catch(() => {}); // nobody listens there
  }
};

/**
 * @param {import("./senders.js").Asker} asker
 * @param {boolean} off whether its document was switched off before it was left
 * @returns {Promise<{ policy: import("./policy.js").Policy, since: number }>}
 */
async function policyOf(asker, off) {
  await Promise.all([settings.ready, ui.offPages.ready]);
  if (asker.frame === 0) {
    await ui.showPage(asker, off);
  }
  const policy = policyFor(settings.current, { ...asker, off: ui.offPages.has(asker.tab) });
  return { policy, since: await started };
}

/**
 * @param {import("./page_messages.js").Question} question
 * @param {import("./senders.js").Asker} asker
 */
async function answer(question, asker) {
  await ui.offPages.ready;
  return questions.answer(question, { ...asker, off: ui.offPages.has(asker.tab) });
}

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
      await ui.rejected.clear();
      return remembered.forget();
    default:
      return ui.answer(message);
  }
}
