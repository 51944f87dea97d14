/** How the host is, in a word; the popup and the options page put it into a sentence. */

import { VERSION } from "./protocol.js";

/**
 * `working`, `loading` the model, `resting` after it failed, `missing`: it cannot be started,
 * `update-host`, `update-extension`, `update`: both speak no common version, `broken`: it says what
 * is wrong, in `trouble`; `starting`: no answer yet.
 * @typedef {"working" | "loading" | "resting" | "missing" | "update-host" | "update-extension"
 *   | "update" | "broken" | "starting"} HostWord
 */

/**
 * @typedef {object} HostState
 * @property {HostWord} word
 * @property {string} version of the host; empty while it is not known
 * @property {string} model empty while it is not known
 * @property {number | null} code of what is wrong
 * @property {string} hint what to do about it, in the host's words
 */

const VERSION_UNSUPPORTED = 204;
const NOT_STARTED = 607;

/**
 * @param {{ host_version: string, model: string } | null} welcome
 * @param {import("./protocol.js").State | null} state what the host answered to `status`
 * @param {import("./connection.js").Trouble | null} trouble
 * @returns {HostState}
 */
export function hostState(welcome, state, trouble) {
  return {
    word: wordFor(welcome !== null, state, trouble),
    version: welcome?.host_version ?? "",
    model: welcome?.model ?? "",
    code: trouble?.code ?? null,
    hint: trouble?.hint ?? "",
  };
}

/**
 * @param {boolean} welcomed
 * @param {import("./protocol.js").State | null} state
 * @param {import("./connection.js").Trouble | null} trouble
 * @returns {HostWord}
 */
function wordFor(welcomed, state, trouble) {
  if (welcomed) {
    const workers = state?.workers ?? [];
    if (workers.includes("loading")) {
      return "loading";
    }
    return workers.includes("resting") ? "resting" : "working";
  }
  if (trouble === null) {
    return "starting";
  }
  if (trouble.code === VERSION_UNSUPPORTED) {
    return sideToUpdate(trouble.message);
  }
  return trouble.code === NOT_STARTED ? "missing" : "broken";
}

/**
 * The host names its versions at the end of its message.
 * @param {string} message
 * @returns {HostWord}
 */
function sideToUpdate(message) {
  const versions = /the host \[([\d, ]{1,100})\]/.exec(message)?.[1].split(",").map(Number) ?? [];
  if (versions.length === 0) {
    return "update";
  }
  return Math.max(...versions) < VERSION ? "update-host" : "update-extension";
}
