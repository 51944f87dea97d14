/** Says on the toolbar button what keeps images from being described: once for all, and in words. */

import { hostSentence, repairCommand } from "../ui/host_sentence.js";
import { hostState } from "./host_state.js";

/** What only the user can mend. A host that rests or loads mends itself. */
const WRONG = ["missing", "update-host", "update-extension", "update", "broken"];

/**
 * The button's name is what a screen reader says of it; the sign beside the icon is for the eye.
 * @param {Pick<import("./connection.js").Connection, "welcome" | "trouble">} connection
 * @param {Pick<import("./settings_schema.js").Settings, "consent" | "paused">} settings
 */
export function sayOnButton({ welcome, trouble }, { consent, paused }) {
  const state = hostState(welcome, null, trouble);
  const wrong = consent && WRONG.includes(state.word);
  browser.action.setBadgeText({ text: wrong ? "!" : "" });
  if (wrong) {
    const words = `altlens: ${hostSentence(state)} ${repairCommand(state)}`;
    browser.action.setTitle({ title: words });
  } else {
    const title = !consent ? "actionUndecided" : paused ? "actionPaused" : "extensionName";
    browser.action.setTitle({ title: browser.i18n.getMessage(title) });
  }
}
