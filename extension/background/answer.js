/** What the host said, as plain text of a bounded length, and nothing else. */

/** @typedef {import("./protocol.js").Result} Answer */

const MAX_TEXT = 2000;
const MODEL_NAME = /^[\w.-]{1,64}$/;

/**
 * @param {import("./protocol.js").Result} result
 * @returns {Answer}
 */
export function answerFrom(result) {
  const { kind, text, model, read = "", barcode = "" } = result;
  const words = kind === "described" || kind === "text" ? plain(text) : "";
  const silent = words === "" && kind !== "decorative";
  return {
    ...result,
    kind: silent ? "unsure" : kind,
    text: words,
    read: plainLines(read),
    barcode: plainLines(barcode),
    model: MODEL_NAME.test(model) ? model : "",
  };
}

/**
 * @param {string} text
 * @returns {string} the same for each line, of a longer text that no page gets whole
 */
export function plainLines(text) {
  return text.split("\n").map(plain).filter(Boolean).join("\n");
}

/**
 * Takes away what could change how the text around it is read: control characters and the
 * characters that turn the direction of writing.
 * @param {string} text
 * @returns {string}
 */
export function plain(text) {
  const line = text.toWellFormed().replace(/\s+/gu, " ");
  const visible = line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "").trim();
  return visible.slice(0, MAX_TEXT).replace(/[\uD800-\uDBFF]$/, "");
}
