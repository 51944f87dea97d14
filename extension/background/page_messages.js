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
 * @property {"visible" | "near"} priority
 * @property {string} language
 * @property {number} page the document's number
 */

const MAX_BYTES = 20 * 1024 * 1024;
/** base64 of the largest picture, with something to spare. */
const MAX_URL = 28 * 1024 * 1024;
const LANGUAGE_TAG = /^[A-Za-z0-9-]{1,35}$/;

/**
 * @param {unknown} message
 * @returns {Question | null} null where it is not one
 */
export function readQuestion(message) {
  if (!isRecord(message) || message.type !== "describe") {
    return null;
  }
  const { bytes, url, priority, language, page } = message;
  if ((priority !== "visible" && priority !== "near") || !isDocumentNumber(page)) {
    return null;
  }
  /** @type {Question} */
  const question = {
    type: "describe",
    priority,
    page,
    language: typeof language === "string" && LANGUAGE_TAG.test(language) ? language : "",
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
 * @returns {number | null} the number of the document that was left; null where it says no such thing
 */
export function readLeaving(message) {
  const left = isRecord(message) && message.type === "leave" ? message.page : null;
  return isDocumentNumber(left) ? left : null;
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isDocumentNumber(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32;
}
