/** The state of the host in a sentence, and the switches for the page that is shown. */

import { isClosedFile } from "../background/files.js";
import { SettingsStore } from "../background/settings.js";
import { siteOf } from "../background/settings_schema.js";
import { hostSentence, repairCommand } from "../ui/host_sentence.js";
import { byId, localise, t } from "../ui/i18n.js";

/** @typedef {import("../background/ui_messages.js").UiMessage} UiMessage */

/** Who is answered sooner need not hear that there is something to wait for. */
const SLOW_MS = 700;
/** How soon it is seen that the host came, went or got ready. */
const LOOK_MS = 1000;

localise();
const settings = new SettingsStore(browser.storage);
const [tab] = await shownTab();
await settings.ready;
const site = siteOf(tab?.url);

settings.onChange((now, before) => {
  showSettings();
  if (now.paused !== before.paused) {
    byId("status").textContent = t(now.paused ? "pausedNow" : "resumedNow");
  }
});
showSettings();
if (settings.current.paused) {
  byId("status").textContent = t("pausedNow");
}
listen();
await Promise.all([showHost(), showCount(), showPageOff()]);
setTimeout(follow, LOOK_MS);

/**
 * The tab in front; a test, which shows the popup in a tab of its own, names another.
 * @returns {Promise<browser.tabs.Tab[]>}
 */
async function shownTab() {
  const named = Number(new URLSearchParams(location.search).get("tab"));
  return named > 0
    ? [await browser.tabs.get(named)]
    : browser.tabs.query({ active: true, currentWindow: true });
}

function showSettings() {
  const { current, locked } = settings;
  byId("undecided").hidden = current.consent;
  byId("decided").hidden = !current.consent;
  byId("site").hidden = site === null;
  byId("siteName").textContent = t("siteLegend", site === "file:" ? t("localFiles") : (site ?? ""));
  byId("site-default-label").textContent = t(
    current.mode === "automatic" ? "siteDefaultAutomatic" : "siteDefaultAsked",
  );
  const own = site !== null && Object.hasOwn(current.sites, site) ? current.sites[site] : "default";
  byId(`site-${own}`).checked = true;
  byId("site").disabled = locked.has("sites");
  byId("paused").checked = current.paused;
  byId("paused").disabled = locked.has("paused");
  byId("locked").hidden = !locked.has("sites") && !locked.has("paused");
}

function listen() {
  byId("site").addEventListener("change", (/** @type {Event} */ { target }) => {
    const { value } = /** @type {HTMLInputElement} */ (target);
    settings.setSite(/** @type {string} */ (site), value === "default" ? null : /** @type {any} */ (value));
  });
  byId("paused").addEventListener("change", () =>
    settings.set({ paused: byId("paused").checked }),
  );
  byId("page-off").addEventListener("change", () =>
    send({ type: "switch-page", tab: tab?.id ?? -1, off: byId("page-off").checked }),
  );
  byId("focused").addEventListener("click", () => ask("focus"));
  byId("first").addEventListener("click", () => ask("first"));
  byId("consent").addEventListener("click", () => open("consent/consent.html"));
  byId("help").addEventListener("click", () => open("help/help.html"));
  byId("options").addEventListener("click", async () => {
    await browser.runtime.openOptionsPage();
    window.close();
  });
  byId("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText(byId("command").textContent);
    byId("status").textContent = t("copied");
  });
}

/** @param {string} page */
async function open(page) {
  await browser.tabs.create({ url: browser.runtime.getURL(page) });
  window.close();
}

/** @param {"focus" | "first"} target */
async function ask(target) {
  await send({ type: "ask", tab: tab?.id ?? -1, target });
  window.close();
}

/** Keeps what is said of the host and of the page true as long as the popup is open. */
async function follow() {
  await Promise.all([showHost(), showCount()]).catch(() => {}); // the background starts anew
  setTimeout(follow, LOOK_MS);
}

async function showHost() {
  const isFirst = byId("host").textContent === "";
  const slow = setTimeout(() => isFirst && put("host", t("hostStarting")), SLOW_MS);
  const state = await send({ type: "host" }).finally(() => clearTimeout(slow));
  put("host", hostSentence(state));
  const command = repairCommand(state);
  byId("repair").hidden = command === "";
  put("command", command);
}

/**
 * What is written anew would be said anew, though it is the same.
 * @param {string} id
 * @param {string} words
 */
function put(id, words) {
  if (byId(id).textContent !== words) {
    byId(id).textContent = words;
  }
}

async function showCount() {
  const count = await send({ type: "described", tab: tab?.id ?? -1 });
  put("count", count === 1 ? t("countOne") : t("countMany", count));
}

async function showPageOff() {
  byId("page-off").checked = await send({ type: "is-off", tab: tab?.id ?? -1 });
  byId("files").hidden = !(await isClosedFile(tab?.url));
}

/**
 * @param {UiMessage} message
 * @returns {Promise<any>}
 */
function send(message) {
  return browser.runtime.sendMessage(message);
}
