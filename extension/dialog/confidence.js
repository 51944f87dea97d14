/** How sure the host is of an answer, in words and, where that was measured, as a number. */

import { t } from "../ui/i18n.js";

const WORDS = { plain: "surePlain", hedged: "sureHedged", unsure: "sureUnsure" };

/**
 * @param {Pick<import("../background/protocol.js").Result,
 *   "kind" | "model" | "level" | "confidence" | "calibrated">} result
 * @returns {string}
 */
export function confidence({ kind, model, level, confidence: share, calibrated }) {
  if (kind === "text") {
    return t("sureText");
  }
  if (model === "") {
    // No model spoke: the picture holds a code, which its own check sums vouch for.
    return t("surePlain");
  }
  const measured = calibrated
    ? t("sureMeasured", Math.round(100 * share))
    : t("sureNotMeasured");
  return `${t(WORDS[level])} ${measured}`;
}
