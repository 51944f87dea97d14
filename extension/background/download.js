/**
 * The other way to a picture's bytes, for documents in which a canvas cannot be trusted: the file
 * itself, downloaded once more.
 */

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
 * is logged in is not the one that the page shows.
 * @param {string} url
 * @returns {Promise<Uint8Array | null>} a JPEG or PNG file, or null where there is none
 */
export async function download(url) {
  if (!URL.canParse(url) || !PROTOCOLS.includes(new URL(url).protocol)) {
    return null;
  }
  try {
    const response = await fetch(url, {
      credentials: "omit",
      // A picture from a private window must not stay in the cache on the disk.
      cache: "no-store",
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
 * @returns {Promise<Uint8Array | null>} null where there are more
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
