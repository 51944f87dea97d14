/**
 * What content scripts send. They run in the processes of web pages, so what comes from there is
 * checked like anything from outside.
 */

import { isPicture } from "./download.js";
import { isRecord } from "./protocol.js";

/**
 * `bytes`: a file that the content script made or read. `url`: the background is to get it.
 * @typedef {object} Question
 * @property {"describe"} type
 * @property {ArrayBuffer} [bytes]
 * @property {string} [url]
 * @property {"asked" | "visible" | "near"} priority
 * @property {string} language
 * @property {number} page the document's number
 * @property {boolean} readable whether the page's own scripts could read the picture
 * @property {string} source the picture's address, or its beginning; empty where it has none
 * @property {string} beside what the page says about it: its figure's caption
 * @property {boolean} sharper whether it was made larger because the host wished so
 * @property {number} [request] that of the user, where it was asked by hand
 */

/**
 * What a content script hears. `alt` is what to write, null for nothing; `mark` the value of
 * data-altlens, null for none. `sharper`: make the picture again, with so many pixels on its longer
 * side. `later`: ask again after so many milliseconds.
 * @typedef {{ alt: string | null, mark: string | null } | { sharper: number } | { later: number }}
 *   PageAnswer
 */

const MAX_BYTES = 20 * 1024 * 1024;
/** base64 of the largest picture, with something to spare. */
const MAX_URL = 28 * 1024 * 1024;
const MAX_SOURCE = 2048;
const MAX_BESIDE = 1000;
const LANGUAGE_TAG = /^[A-Za-z0-9-]{1,35}$/;

/**
 * @param {unknown} message
 * @returns {Question | null} null where it is not one
 */
export function readQuestion(message) {
  if (!isRecord(message) || message.type !== "describe") {
    return null;
  }
  const { bytes, url, priority, language, page, request, source, beside } = message;
  const byHand = priority === "asked";
  if (!byHand && priority !== "visible" && priority !== "near") {
    return null;
  }
  if (!isNumber32(page) || byHand !== isNumber32(request)) {
    return null;
  }
  /** @type {Question} */
  const question = {
    type: "describe",
    priority,
    page,
    language: typeof language === "string" && LANGUAGE_TAG.test(language) ? language : "",
    readable: message.readable === true,
    source: typeof source === "string" ? source.slice(0, MAX_SOURCE) : "",
    beside: typeof beside === "string" ? beside.slice(0, MAX_BESIDE) : "",
    sharper: message.sharper === true,
    ...(byHand ? { request: Number(request) } : {}),
  };
  if (bytes instanceof ArrayBuffer && bytes.byteLength <= MAX_BYTES) {
    return isPicture(new Uint8Array(bytes)) ? { ...question, bytes } : null;
  }
  if (typeof url === "string" && url.length <= MAX_URL) {
    return { ...question, url };
  }
  return null;
}

/**
 * @param {unknown} message
 * @returns {{ off: boolean } | null} what a document says that asks what may be done in it: whether
 *   it was switched off before it was left; null where it asks no such thing
 */
export function readPolicyRequest(message) {
  return isRecord(message) && message.type === "policy" ? { off: message.off === true } : null;
}

/**
 * @param {unknown} message
 * @returns {number | null} how many images are described in a document, where it says that
 */
export function readCount(message) {
  const count = isRecord(message) && message.type === "count" ? message.described : null;
  return isNumber32(count) ? count : null;
}

/**
 * @param {unknown} message
 * @returns {number | null} the number of the document that was left; null where it says no such thing
 */
export function readLeaving(message) {
  const left = isRecord(message) && message.type === "leave" ? message.page : null;
  return isNumber32(left) ? left : null;
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isNumber32(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32;
}
