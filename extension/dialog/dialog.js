/**
 * Shows what the host said to a request by hand. No page can read this window, so it may hold what
 * is written in a picture.
 */

import { plain, plainLines } from "../background/answer.js";
import { DIALOG } from "../background/ui_messages.js";
import { byId, localise, t } from "../ui/i18n.js";
import { confidence } from "./confidence.js";

/** @typedef {import("../background/ui_messages.js").Shown} Shown */

const MOST_AT_FIRST = 500;

/** @type {Record<import("../background/ui_messages.js").Failure, string>} */
const FAILURES = {
  "no-consent": "failedNoConsent",
  private: "failedPrivate",
  "no-image": "failedNoImage",
  "none-left": "failedNoneLeft",
  "no-picture": "failedNoPicture",
  "no-page": "failedNoPage",
  "no-host": "failedNoHost",
  "no-answer": "failedNoAnswer",
};

/** @type {Record<string, string>} */
const SOURCES = { model: "sourceModel", memory: "sourceMemory", cache: "sourceCache" };

localise();
const text = byId("text");
const status = byId("status");
/** All that may be said, a line for each paragraph, and the first of it. */
let whole = "";

const port = browser.runtime.connect({ name: DIALOG + location.search.slice(1) });
port.onMessage.addListener((message) => show(/** @type {Shown} */ (message)));
port.onDisconnect.addListener(() => {
  if (text.textContent === "") {
    say(t("failedNoAnswer"));
  }
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") {
    close();
  }
});
byId("close").addEventListener("click", () => close());
byId("copy").addEventListener("click", () => copy());
byId("wrong").addEventListener("click", () => port.postMessage("take away"));
byId("all").addEventListener("click", () => {
  text.textContent = whole;
  byId("all").hidden = true;
  text.focus();
});
byId("consent").addEventListener("click", () => {
  browser.tabs.create({ url: browser.runtime.getURL("consent/consent.html") });
  close();
});

/** @param {Shown} shown */
function show({ state, purpose, result, sure, failure }) {
  if (state === "working") {
    // Not in the text: what takes its place there while it has the focus would not be said.
    status.textContent = t("dialogWorking");
  } else if (state === "failed") {
    byId("consent").hidden = failure !== "no-consent";
    say(t(FAILURES[failure ?? "no-answer"]));
  } else if (state === "taken-away") {
    byId("wrong").hidden = true;
    status.textContent = t("dialogTakenAway");
  } else if (result) {
    answer(result, sure === true, purpose);
  }
}

/**
 * @param {import("../background/protocol.js").Result} result
 * @param {boolean} sure
 * @param {import("../background/ui_messages.js").Purpose} purpose
 */
function answer(result, sure, purpose) {
  const words = result.kind === "described" || result.kind === "text";
  const first = spoken(result);
  whole = all(result);
  byId("details").hidden = !words;
  byId("why").hidden = purpose !== "why";
  byId("copy").hidden = byId("wrong").hidden = !words;
  byId("all").hidden = whole === first;
  byId("sure").textContent = confidence(result, sure);
  byId("model").textContent = t("dialogModelValue", result.model, result.revision.slice(0, 12));
  byId("source").textContent = t(SOURCES[result.source] ?? "sourceModel");
  if (result.kind === "decorative") {
    say(t("dialogDecorative"));
  } else if (!words || whole === "") {
    say(t("dialogUnsure"));
  } else {
    text.lang = result.language;
    say(first);
  }
  if (purpose === "copy" && words) {
    copy();
  }
}

/**
 * @param {import("../background/protocol.js").Result} result
 * @returns {string} what is said at first
 */
function spoken({ text: caption, kind, read }) {
  const beside = kind === "described" && read !== "" ? t("dialogTextBeside", plain(read)) : "";
  const said = [plain(caption), beside].filter(Boolean).join("\n");
  return said.length > MOST_AT_FIRST ? `${said.slice(0, MOST_AT_FIRST)}…` : said;
}

/**
 * @param {import("../background/protocol.js").Result} result
 * @returns {string} what is said on demand: all the text, and what a code holds
 */
function all({ text: caption, kind, read, barcode }) {
  const lines = plainLines(read);
  const beside = kind === "described" && lines !== "" ? t("dialogTextBeside", lines) : "";
  const said = kind === "text" && lines !== "" ? lines : plain(caption);
  return [said, beside, barcode && t("dialogCode", plainLines(barcode))].filter(Boolean).join("\n");
}

/**
 * The focus goes to the text: a screen reader says it, and the arrow keys read it letter by letter.
 * @param {string} words
 */
function say(words) {
  status.textContent = "";
  text.textContent = words;
  text.focus();
}

async function copy() {
  try {
    await navigator.clipboard.writeText(whole);
    status.textContent = t("copied");
  } catch {
    status.textContent = t("notCopied");
  }
}

async function close() {
  const { id } = await browser.windows.getCurrent();
  await browser.windows.remove(/** @type {number} */ (id));
}
