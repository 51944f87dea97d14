/**
 * The other way to a picture's bytes, for documents in which a canvas cannot be trusted: the file
 * itself, downloaded once more.
 */

import { isPrivateAddress } from "./addresses.js";

const MAX_BYTES = 20 * 1024 * 1024;
const TIME_MS = 30_000;
const PROTOCOLS = ["http:", "https:", "data:"];

/** The beginnings of the files that the host takes. */
const SIGNATURES = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
];

/**
 * Without credentials: the page's own load may have had none, and a picture made for somebody who
 * is logged in is not the one that the page shows. Not from where the address leads on to: that
 * may be this machine or this network, and Firefox follows without asking us.
 * @param {string} url
 * @param {boolean} isPublic whether it stands on a page from outside of this machine and network,
 *   which gets nothing from inside
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>} a JPEG or PNG file, or null where there is none
 */
export async function download(url, isPublic) {
  if (!URL.canParse(url) || !PROTOCOLS.includes(new URL(url).protocol)) {
    return null;
  }
  if (isPublic && isPrivateAddress(url)) {
    return null;
  }
  try {
    const response = await fetch(url, {
      credentials: "omit",
      // A picture from a private window must not stay in the cache on the disk.
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(TIME_MS),
    });
    const bytes = response.ok ? await readAtMost(response, MAX_BYTES) : null;
    return bytes !== null && isPicture(bytes) ? bytes : null;
  } catch {
    return null;
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {boolean} whether it is a file that the host takes
 */
export function isPicture(bytes) {
  return SIGNATURES.some((signature) => signature.every((byte, at) => bytes[at] === byte));
}

/**
 * @param {Response} response
 * @param {number} most bytes
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null where there are more
 */
async function readAtMost(response, most) {
  const chunks = [];
  let size = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most) {
      return null;
    }
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
