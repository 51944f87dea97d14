/** The part of the options page about the host, what it remembers, and what to tell who helps. */

import { hostSentence, repairCommand } from "../ui/host_sentence.js";
import { byId, t } from "../ui/i18n.js";

/** @param {import("../background/settings.js").SettingsStore} settings */
export async function showComputer(settings) {
  byId("clear").addEventListener("click", () => {
    byId("confirm").returnValue = ""; // Escape leaves the answer of the last time
    byId("confirm").showModal();
  });
  byId("confirm").addEventListener("close", () => {
    if (byId("confirm").returnValue === "clear") {
      clear();
    }
  });
  byId("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText(byId("diagnostics").value);
    byId("copy-status").textContent = t("copied");
  });
  byId("host").textContent = t("hostStarting");
  const state = await browser.runtime.sendMessage({ type: "host" });
  byId("host").textContent = hostSentence(state);
  byId("repair").hidden = repairCommand(state) === "";
  byId("command").textContent = repairCommand(state);
  const counted = state.word === "missing" ? null : await ask("count remembered");
  showRemembered(counted);
  await showDiagnostics(settings, state, counted);
}

async function clear() {
  byId("clear-status").textContent = t("optionsClearing");
  const report = await ask("forget remembered");
  byId("clear-status").textContent = report
    ? t("optionsCleared", Number(report.removed))
    : t("optionsNotCleared");
  showRemembered(await ask("count remembered"));
}

/** @param {Record<string, unknown> | null} counted */
function showRemembered(counted) {
  byId("cache").textContent = counted
    ? t("optionsRemembered", Number(counted.entries))
    : t("optionsNotRemembered");
}

/**
 * Whatever helps to help, and nothing of what was seen: no address, no site, no caption, no
 * picture, and not the words that the user chose.
 * @param {import("../background/settings.js").SettingsStore} settings
 * @param {import("../background/host_state.js").HostState} state
 * @param {Record<string, unknown> | null} counted
 */
async function showDiagnostics(settings, state, counted) {
  const { name, version, buildID } = await browser.runtime.getBrowserInfo();
  const { os, arch } = await browser.runtime.getPlatformInfo();
  const { sites, prefix, ...chosen } = settings.current;
  const diagnostics = {
    altlens: browser.runtime.getManifest().version,
    browser: `${name} ${version} ${buildID}`,
    system: `${os} ${arch}`,
    language: browser.i18n.getUILanguage(),
    private_windows_allowed: await browser.extension.isAllowedIncognitoAccess(),
    host: { word: state.word, version: state.version, model: state.model, code: state.code },
    remembered: counted,
    settings: { ...chosen, sites: Object.keys(sites).length, prefix: prefix.length },
    locked: [...settings.locked],
  };
  byId("diagnostics").value = JSON.stringify(diagnostics, null, 2);
}

/**
 * @param {string} words
 * @returns {Promise<Record<string, unknown> | null>}
 */
function ask(words) {
  return browser.runtime.sendMessage(words);
}
