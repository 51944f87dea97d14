/**
 * What pages of the extension (popup, options, dialog) and the background say to each other, and
 * what the background asks of a page's frames on the user's behalf.
 *
 * Pages of the extension are trusted; that a message comes from one is checked by who receives it.
 */

import { isRecord } from "./protocol.js";

/**
 * Which image is meant: the one under the context menu, the one that has the focus (or is in the
 * link that has it), or the first that needs words.
 * @typedef {{ menu: number } | { focus: true } | { first: true }} Target
 */

/**
 * To frames. Answered with true where a question with this number is on its way, with false where
 * the picture cannot be had, with the number of the frame in it that has the focus, and not at all by
 * a frame without such an element.
 * @typedef {{ type: "describe-target", request: number, target: Target }} DescribeTarget
 */

/**
 * To frames: whether a context menu was opened on an image. Answered with true or false.
 * @typedef {{ type: "is-image", target: { menu: number } }} IsImage
 */

/**
 * To frames: undo what was written for the request, and leave that picture alone.
 * @typedef {{ type: "take-away", request: number }} TakeAway
 */

/**
 * To frames: what may be done from now on. `framesOnly`: the page itself knows; so the one before it,
 * which may hear this too as it goes, does not take it for its own.
 * @typedef {{ type: "policy", policy: import("./policy.js").Policy, framesOnly?: true }} NewPolicy
 */

/** To frames: say how many images are described. @typedef {{ type: "count" }} Count */

/** What the user wants with the answer. @typedef {"show" | "copy" | "why"} Purpose */

/**
 * Why there is no answer. `no-consent`, `private`: the settings forbid; `no-image`: no such image
 * in the page; `none-left`: none there needs words; `no-picture`: its pixels cannot be had; `no-page`: Firefox lets no extension into
 * this page; `no-files`: it lets none read files as long as the user has not allowed it; `no-host`: the host cannot be asked; `no-answer`: it gave none.
 * @typedef {"no-consent" | "private" | "no-image" | "none-left" | "no-picture" | "no-page" | "no-files"
 *   | "no-host" | "no-answer"} Failure
 */

/**
 * To the dialog, over its port.
 * @typedef {object} Shown
 * @property {"working" | "answered" | "failed" | "taken-away"} state
 * @property {Purpose} purpose
 * @property {import("./protocol.js").Result} [result]
 * @property {Failure} [failure]
 */

/** The name of the dialog's port begins so; the request's number follows. */
export const DIALOG = "dialog ";

/**
 * From the popup and the options page.
 * @typedef {{ type: "host" } | { type: "described", tab: number } | { type: "is-off", tab: number }
 *   | { type: "switch-page", tab: number, off: boolean }
 *   | { type: "ask", tab: number, target: "focus" | "first" }} UiMessage
 */

/**
 * @param {unknown} message
 * @returns {UiMessage | null}
 */
export function readUiMessage(message) {
  if (!isRecord(message)) {
    return null;
  }
  const { type, tab, target, off } = message;
  if (type === "host") {
    return { type };
  }
  if (!Number.isInteger(tab)) {
    return null;
  }
  if (type === "described" || type === "is-off") {
    return { type, tab: Number(tab) };
  }
  if (type === "switch-page") {
    return typeof off === "boolean" ? { type, tab: Number(tab), off } : null;
  }
  return type === "ask" && (target === "focus" || target === "first")
    ? { type, tab: Number(tab), target }
    : null;
}
