/** The options page: each control is a setting, and is kept as soon as it changes. */

import { SettingsStore } from "../background/settings.js";
import { byId, localise, t } from "../ui/i18n.js";
import { showComputer } from "./computer.js";
import { showFile } from "./file.js";

/** @typedef {import("../background/settings_schema.js").Name} Name */

localise();
const settings = new SettingsStore(browser.storage);
await settings.ready;

const controls = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-setting]")]);
controls.forEach((control) => control.addEventListener("change", () => change(control)));
settings.onChange(() => show());
show();
showPrivate();
showKeys();
showFile(settings);
await showComputer(settings);

function show() {
  const { current, locked } = settings;
  byId("consent-missing").hidden = current.consent;
  byId("locked").hidden = locked.size === 0;
  for (const control of controls) {
    const name = /** @type {Name} */ (control.dataset.setting);
    put(control, current[name]);
    /** @type {any} */ (control).disabled = locked.has(name);
  }
  showSites();
}

/**
 * @param {HTMLElement} control
 * @param {unknown} value
 */
function put(control, value) {
  if (control instanceof HTMLFieldSetElement) {
    byId(`${control.dataset.setting}-${value}`).checked = true;
  } else if (control instanceof HTMLInputElement && control.type === "checkbox") {
    control.checked = value === true;
  } else if (control instanceof HTMLInputElement && control !== document.activeElement) {
    control.value = String(value);
  }
}

/**
 * @param {HTMLElement} control
 * @returns {unknown}
 */
function valueOf(control) {
  if (control instanceof HTMLFieldSetElement) {
    return /** @type {HTMLInputElement} */ (control.querySelector(":checked")).value;
  }
  const input = /** @type {HTMLInputElement} */ (control);
  if (input.type === "checkbox") {
    return input.checked;
  }
  return input.type === "number" ? input.valueAsNumber : input.value;
}

/** @param {HTMLElement} control */
async function change(control) {
  const name = /** @type {Name} */ (control.dataset.setting);
  try {
    await settings.set({ [name]: valueOf(control) });
    control.removeAttribute("aria-invalid");
    byId("saved").textContent = t("saved");
  } catch {
    control.setAttribute("aria-invalid", "true");
    byId("saved").textContent = t("notSaved");
  }
}

function showSites() {
  const { sites } = settings.current;
  const names = Object.keys(sites).sort();
  const words = { automatic: t("siteAutomatic"), asked: t("siteAsked"), off: t("siteOff") };
  byId("no-sites").hidden = names.length > 0;
  byId("sites").replaceChildren(...names.map((site) => siteItem(site, words[sites[site]])));
}

/**
 * @param {string} site
 * @param {string} choice
 * @returns {HTMLLIElement}
 */
function siteItem(site, choice) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  const button = document.createElement("button");
  const name = site === "file:" ? t("localFiles") : site;
  words.textContent = t("optionsSite", name, choice);
  button.type = "button";
  button.textContent = t("optionsRemoveSite", name);
  button.disabled = settings.locked.has("sites");
  button.addEventListener("click", async () => {
    await settings.setSite(site, null);
    byId("saved").textContent = t("optionsSiteRemoved", name);
    // What had the focus is gone with its row.
    (byId("sites").querySelector("button") ?? byId("change-keys")).focus();
  });
  item.append(words, button);
  return item;
}

async function showPrivate() {
  const allowed = await browser.extension.isAllowedIncognitoAccess();
  byId("private-hint").textContent = t(allowed ? "optionsPrivateHint" : "optionsPrivateFirefox");
}

async function showKeys() {
  for (const { name, shortcut, description } of await browser.commands.getAll()) {
    const term = document.createElement("dt");
    const keys = document.createElement("dd");
    term.textContent = description || (name === "_execute_action" ? t("commandPopup") : name || "");
    keys.textContent = shortcut || t("optionsNoKey");
    byId("keys").append(term, keys);
  }
  byId("change-keys").addEventListener("click", () => browser.commands.openShortcutSettings());
}
