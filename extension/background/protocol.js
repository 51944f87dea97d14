/**
 * The messages of protocol version 1 (docs/PROTOCOL.md), as the extension writes and reads them.
 *
 * The host is trusted more than a page, but it is another program and may be another version of
 * itself: what it sends is checked before it is used, and what is not understood is passed over.
 */

/** @typedef {"asked" | "visible" | "near"} Priority */
/** @typedef {"described" | "text" | "decorative" | "unsure"} Kind */
/** @typedef {{ max_frame_bytes: number, max_image_bytes: number }} Limits */

/**
 * @typedef {object} Hello
 * @property {"hello"} type
 * @property {number} id
 * @property {number[]} versions
 * @property {string} client
 * @property {string} client_version
 * @property {string} [profile_key] base64
 */

/**
 * Exactly one of `image` and `parts` is set; `size` goes with `parts`.
 * @typedef {object} Caption
 * @property {"caption"} type
 * @property {number} id
 * @property {string} [image] base64
 * @property {number} [parts]
 * @property {number} [size] bytes
 * @property {Priority} priority
 * @property {boolean} private
 * @property {string} language BCP 47, or empty
 * @property {number} tab
 * @property {number} page
 */

/** @typedef {{ type: "part", id: number, index: number, data: string }} Part */
/** @typedef {{ type: "cancel", id: number, target?: number, tab?: number, page?: number }} Cancel */
/**
 * What is remembered on the disk for this profile: count, forget, examine, seal with another key.
 * @typedef {{ type: "cache_stats" | "cache_clear" | "cache_verify", id: number }
 *   | { type: "cache_rotate", id: number, profile_key: string }} CacheRequest
 */
/** @typedef {Hello | Caption | Part | Cancel | CacheRequest} Request */

/** @typedef {{ type: "welcome", id: number, limits: Limits }} Welcome */
/** @typedef {{ type: "result", id: number, kind: Kind, text: string, model: string }} Result */
/** @typedef {{ type: "error", id: number, code: number, message: string, hint: string }} Failure */
/** @typedef {{ type: "cache_report", id: number, report: Record<string, unknown> }} Report */
/** @typedef {Welcome | Result | Report | Failure} Reply */

export const VERSION = 1;
export const CLIENT = "altlens-extension";

/** Codes of errors after which another try makes sense. */
export const WORKER_DIED = 402;
export const CANCELLED = 501;
export const BUSY = 502;
export const SHUTTING_DOWN = 503;

/** @type {readonly string[]} */
const KINDS = ["described", "text", "decorative", "unsure"];

/**
 * Reads what the host sent.
 * @param {unknown} message
 * @returns {Reply | null} null for garbage and for messages that the extension has no use for
 */
export function readReply(message) {
  if (!isRecord(message) || !isCount(message.id)) {
    return null;
  }
  switch (message.type) {
    case "welcome":
      return readWelcome(message.id, message);
    case "result":
      return readResult(message.id, message);
    case "cache_report":
      return isRecord(message.report)
        ? { type: "cache_report", id: message.id, report: message.report }
        : null;
    case "error":
      return readFailure(message.id, message);
    default:
      return null;
  }
}

/**
 * @param {number} id
 * @param {Record<string, unknown>} message
 * @returns {Welcome | null}
 */
function readWelcome(id, { version, limits }) {
  if (version !== VERSION || !isRecord(limits)) {
    return null;
  }
  const { max_frame_bytes, max_image_bytes } = limits;
  if (!isCount(max_frame_bytes) || !isCount(max_image_bytes)) {
    return null;
  }
  return { type: "welcome", id, limits: { max_frame_bytes, max_image_bytes } };
}

/**
 * @param {number} id
 * @param {Record<string, unknown>} message
 * @returns {Result | null}
 */
function readResult(id, { kind, text, model }) {
  if (typeof kind !== "string" || !KINDS.includes(kind)) {
    return null;
  }
  if (typeof text !== "string" || typeof model !== "string") {
    return null;
  }
  return { type: "result", id, kind: /** @type {Kind} */ (kind), text, model };
}

/**
 * @param {number} id
 * @param {Record<string, unknown>} message
 * @returns {Failure | null}
 */
function readFailure(id, { code, message, hint }) {
  if (!isCount(code)) {
    return null;
  }
  const words = [message, hint].map((one) => (typeof one === "string" ? one.slice(0, 500) : ""));
  return { type: "error", id, code, message: words[0], hint: words[1] };
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {value is number} a whole number from 0 on, that JavaScript counts exactly
 */
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
