/** The state of the host in one sentence. */

import { t } from "./i18n.js";

/** @typedef {import("../background/host_state.js").HostState} HostState */

/** @type {Record<import("../background/host_state.js").HostWord, string>} */
const SENTENCES = {
  working: "hostWorking",
  loading: "hostLoading",
  resting: "hostResting",
  missing: "hostMissing",
  "update-host": "hostUpdateHost",
  "update-extension": "hostUpdateExtension",
  update: "hostUpdate",
  broken: "hostBroken",
  starting: "hostStarting",
};

/**
 * What to type into a terminal. The names of commands are the same in all languages.
 * @type {Partial<Record<import("../background/host_state.js").HostWord, string>>}
 */
const COMMANDS = {
  resting: "altlens doctor",
  missing: "altlens install",
  "update-host": "pipx upgrade altlens && altlens update",
  "update-extension": "altlens update",
  update: "altlens update",
  broken: "altlens doctor",
};

/**
 * @param {HostState} state
 * @returns {string}
 */
export function hostSentence({ word, model, code }) {
  return t(SENTENCES[word], word === "broken" ? String(code ?? "") : model);
}

/**
 * @param {HostState} state
 * @returns {string} empty where nothing is to be done
 */
export function repairCommand({ word }) {
  return COMMANDS[word] ?? "";
}
