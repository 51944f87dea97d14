/** Says on the toolbar button that the host cannot be used: once for all images, and in words. */

import { hostSentence, repairCommand } from "../ui/host_sentence.js";
import { hostState } from "./host_state.js";

/** What only the user can mend. A host that rests or loads mends itself. */
const WRONG = ["missing", "update-host", "update-extension", "update", "broken"];

/**
 * The button's name is what a screen reader says of it; the sign beside the icon is for the eye.
 * @param {Pick<import("./connection.js").Connection, "welcome" | "trouble">} connection
 */
export function sayOnButton({ welcome, trouble }) {
  const state = hostState(welcome, null, trouble);
  const wrong = WRONG.includes(state.word);
  browser.action.setBadgeText({ text: wrong ? "!" : "" });
  // Null is the name in the manifest.
  const words = `altlens: ${hostSentence(state)} ${repairCommand(state)}`;
  browser.action.setTitle({ title: wrong ? words : null });
}
