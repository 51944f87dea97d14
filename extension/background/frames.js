/** Puts a picture into messages that are small enough for the host. */

/**
 * Bytes in one part. Firefox's pipe to the host takes time with the square of a message's size:
 * about a quarter of a megabyte is quick. A multiple of three, so that base64 needs no padding.
 */
const PART_BYTES = 196_608;

/** More than the fields around the base64 take in JSON. */
const ENVELOPE_BYTES = 1024;

/**
 * @typedef {object} Picture
 * @property {Uint8Array} bytes a JPEG or PNG file
 * @property {import("./protocol.js").Priority} priority
 * @property {boolean} private from a private window
 * @property {string} language BCP 47, or empty
 */

/**
 * @param {number} id of the request
 * @param {Picture} picture
 * @param {import("./protocol.js").Limits} limits
 * @returns {(import("./protocol.js").Caption | import("./protocol.js").Part)[]} in the order in
 *   which they are to be sent
 */
export function captionFrames(id, picture, limits) {
  const { bytes, priority, language } = picture;
  const rest = { priority, private: picture.private, language };
  if (base64Length(bytes.length) + ENVELOPE_BYTES <= limits.max_frame_bytes) {
    return [{ type: "caption", id, image: toBase64(bytes), ...rest }];
  }
  const parts = Math.ceil(bytes.length / PART_BYTES);
  /** @type {ReturnType<typeof captionFrames>} */
  const frames = [{ type: "caption", id, parts, size: bytes.length, ...rest }];
  for (let index = 0; index < parts; index += 1) {
    const data = toBase64(bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES));
    frames.push({ type: "part", id, index, data });
  }
  return frames;
}

/**
 * @param {number} bytes
 * @returns {number} characters
 */
function base64Length(bytes) {
  return Math.ceil(bytes / 3) * 4;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
function toBase64(bytes) {
  let text = "";
  // A call takes a limited number of arguments.
  for (let start = 0; start < bytes.length; start += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(text);
}
