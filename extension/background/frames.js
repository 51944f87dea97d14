/** Puts a picture into messages that are small enough for the host. */

/**
 * Characters of base64 in one part. Firefox's pipe to the host takes time with the square of a
 * message's size: a quarter of a megabyte is quick. A multiple of four, so that each part is
 * base64 of its own.
 */
const PART_CHARACTERS = 262_144;

/** More than the fields around the base64 take in JSON. */
const ENVELOPE_BYTES = 1024;

/**
 * @typedef {object} Picture
 * @property {string} image a JPEG or PNG file in base64
 * @property {number} size of the file in bytes
 * @property {import("./protocol.js").Priority} priority
 * @property {boolean} private from a private window
 * @property {string} language BCP 47, or empty
 * @property {boolean} [sharp] drawn again because the host asked for more pixels
 */

/**
 * @param {number} id of the request
 * @param {Picture} picture
 * @param {import("./places.js").Place} place where it is shown
 * @param {import("./protocol.js").Limits} limits
 * @returns {(import("./protocol.js").Caption | import("./protocol.js").Part)[]} in the order in
 *   which they are to be sent
 */
export function captionFrames(id, picture, { tab, page }, limits) {
  const { image, size, priority, language, sharp } = picture;
  // A host that never asks for more pixels need not know of the field.
  const again = sharp ? { sharp } : {};
  const rest = { priority, private: picture.private, language, tab, page, ...again };
  if (image.length + ENVELOPE_BYTES <= limits.max_frame_bytes) {
    return [{ type: "caption", id, image, ...rest }];
  }
  const parts = Math.ceil(image.length / PART_CHARACTERS);
  /** @type {ReturnType<typeof captionFrames>} */
  const frames = [{ type: "caption", id, parts, size, ...rest }];
  for (let index = 0; index < parts; index += 1) {
    const start = index * PART_CHARACTERS;
    frames.push({ type: "part", id, index, data: image.slice(start, start + PART_CHARACTERS) });
  }
  return frames;
}
