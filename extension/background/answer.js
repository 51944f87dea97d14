/** What the host said, as plain text and nothing else; what a page may get is of a bounded length. */

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
 * @returns {string} each of its lines, plain, however long: all of it is for the user alone
 */
export function plainLines(text) {
  return text.split("\n").map(visible).filter(Boolean).join("\n");
}

/**
 * @param {string} text
 * @returns {string} the text in one line, plain and of a bounded length
 */
export function plain(text) {
  return visible(text).slice(0, MAX_TEXT).replace(/[\uD800-\uDBFF]$/, "");
}

/**
 * Takes away what could change how the text around it is read: control characters and the
 * characters that turn the direction of writing.
 * @param {string} text
 * @returns {string}
 */
function visible(text) {
  const line = text.toWellFormed().replace(/\s+/gu, " ");
  return line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "").trim();
}
