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
 * @property {boolean} [warm] load the model now
 * @property {number} [keep_days] how long descriptions are remembered on the disk
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
 * @property {boolean} [sharp] there is no sharper picture to be had
 */

/** @typedef {{ type: "part", id: number, index: number, data: string }} Part */
/** @typedef {{ type: "cancel", id: number, target?: number, tab?: number, page?: number }} Cancel */
/**
 * What is remembered on the disk for this profile: count, forget, examine, seal with another key.
 * @typedef {{ type: "cache_stats" | "cache_clear" | "cache_verify", id: number }
 *   | { type: "cache_forget", id: number, picture: string }
 *   | { type: "cache_rotate", id: number, profile_key: string }} CacheRequest
 */
/** @typedef {{ type: "status", id: number }} StatusRequest */
/** @typedef {Hello | Caption | Part | Cancel | CacheRequest | StatusRequest} Request */

/**
 * @typedef {object} Welcome
 * @property {"welcome"} type
 * @property {number} id
 * @property {Limits} limits
 * @property {string} host_version
 * @property {string} model
 */
/**
 * @typedef {object} Result
 * @property {"result"} type
 * @property {number} id
 * @property {Kind} kind
 * @property {string} text
 * @property {number} mean_logprob mean natural logarithm of the tokens' probabilities
 * @property {string} model
 * @property {string} revision
 * @property {string} language of the text (BCP 47)
 * @property {string} source "model", "memory" or "cache"
 * @property {string} read all that is written in the picture, a line for each paragraph
 * @property {number} read_confidence from 0 to 1
 * @property {string} barcode what a QR code or barcode holds
 */
/** How each of the host's workers is. @typedef {{ type: "state", id: number, workers: string[] }} State */
/** @typedef {{ type: "error", id: number, code: number, message: string, hint: string }} Failure */
/** @typedef {{ type: "cache_report", id: number, report: Record<string, unknown> }} Report */
/** @typedef {{ type: "more_pixels", id: number, side: number }} MorePixels */
/** A welcome in another version. @typedef {{ type: "foreign", id: number, version: number }} Foreign */
/**
 * An answer that makes no sense: whoever waits for it need not go on waiting.
 * @typedef {{ type: "unreadable", id: number }} Unreadable
 */
/**
 * @typedef {Unreadable | Welcome | Foreign | Result | MorePixels | Report | State | Failure} Reply
 */

export const VERSION = 1;
export const CLIENT = "altlens-extension";

export const VERSION_UNSUPPORTED = 204;
/** Codes of errors after which another try makes sense. */
export const WORKER_DIED = 402;
export const CANCELLED = 501;
export const BUSY = 502;
export const SHUTTING_DOWN = 503;

/** Codes of errors that have to do with the worker, and still with the one picture. */
const ABOUT_A_PICTURE = [403, 406, 408];

/**
 * @param {number} code
 * @returns {boolean} whether the error concerns the one picture or request, and would come again
 */
export function isAboutPicture(code) {
  return code < 400 || ABOUT_A_PICTURE.includes(code);
}

const NOT_SURE = -20;
const MOST_WORKERS = 16;
const MOST_READ = 20_000;

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
      return readResult(message.id, message) ?? { type: "unreadable", id: message.id };
    case "cache_report":
      return isRecord(message.report)
        ? { type: "cache_report", id: message.id, report: message.report }
        : null;
    case "more_pixels":
      return isCount(message.side) && message.side > 0
        ? { type: "more_pixels", id: message.id, side: message.side }
        : { type: "unreadable", id: message.id };
    case "state":
      return readState(message.id, message);
    case "error":
      return readFailure(message.id, message) ?? { type: "unreadable", id: message.id };
    default:
      return null;
  }
}

/**
 * @param {number} id
 * @param {Record<string, unknown>} message
 * @returns {Welcome | Foreign | null}
 */
function readWelcome(id, { version, limits, host_version, model }) {
  if (isCount(version) && version !== VERSION) {
    return { type: "foreign", id, version };
  }
  if (version !== VERSION || !isRecord(limits)) {
    return null;
  }
  const { max_frame_bytes, max_image_bytes } = limits;
  if (!isCount(max_frame_bytes) || !isCount(max_image_bytes)) {
    return null;
  }
  return {
    type: "welcome",
    id,
    limits: { max_frame_bytes, max_image_bytes },
    host_version: shortText(host_version),
    model: shortText(model),
  };
}

/**
 * @param {number} id
 * @param {Record<string, unknown>} message
 * @returns {Result | null}
 */
function readResult(id, message) {
  const { kind, text, mean_logprob, model, revision, language, source } = message;
  if (typeof kind !== "string" || !KINDS.includes(kind)) {
    return null;
  }
  if (typeof text !== "string" || typeof model !== "string") {
    return null;
  }
  return {
    type: "result",
    id,
    kind: /** @type {Kind} */ (kind),
    text,
    // Who does not say how sure it is counts as not sure.
    mean_logprob: Number.isFinite(mean_logprob) ? Number(mean_logprob) : NOT_SURE,
    model,
    revision: shortText(revision),
    language: shortText(language),
    source: shortText(source),
    read: longText(message.read),
    read_confidence: Number.isFinite(message.read_confidence) ? Number(message.read_confidence) : 0,
    barcode: longText(message.barcode),
  };
}

/**
 * @param {number} id
 * @param {Record<string, unknown>} message
 * @returns {State | null}
 */
function readState(id, { workers }) {
  if (!Array.isArray(workers)) {
    return null;
  }
  const states = workers.slice(0, MOST_WORKERS).map((one) => (isRecord(one) ? one.state : null));
  return { type: "state", id, workers: states.map(shortText) };
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
  return { type: "error", id, code, message: shortText(message), hint: shortText(hint) };
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function shortText(value) {
  return typeof value === "string" ? value.slice(0, 500) : "";
}

/**
 * @param {unknown} value
 * @returns {string} empty where there is none, as from a host that cannot read
 */
function longText(value) {
  return typeof value === "string" ? value.slice(0, MOST_READ) : "";
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
