/** How sure the model was, in words and as a number. */

import { t } from "../ui/i18n.js";

/**
 * @param {{ kind: string, mean_logprob: number }} result
 * @param {boolean} sure by the user's threshold
 * @returns {string}
 */
export function confidence({ kind, mean_logprob }, sure) {
  if (kind === "text") {
    return t("sureText");
  }
  // The geometric mean of the probabilities of the caption's tokens.
  const percent = Math.round(100 * Math.exp(Math.min(0, mean_logprob)));
  return t(sure ? "sureYes" : "sureNo", percent);
}
