/** Gets from an image on the page to an answer from the background. */

/** @typedef {import("../background/answer.js").Answer} Answer */

/** This document's number: what it asked for is cancelled with it. */
let page = newNumber();

const MAX_FILE_BYTES = 20 * 1024 * 1024;

/**
 * Asks what an image shows.
 * @param {HTMLImageElement} image that has loaded
 * @param {"visible" | "near"} priority
 * @returns {Promise<Answer | null>} null where there is no way to its pixels, or no answer
 */
async function askAbout(image, priority) {
  const picture = await pictureOf(image);
  if (picture === null) {
    return null;
  }
  return browser.runtime.sendMessage({
    type: "describe",
    ...picture,
    priority,
    language: languageOf(image),
    page,
  });
}

/** Tells the background that nobody waits for answers any more. */
function leave() {
  browser.runtime.sendMessage({ type: "leave", page }).catch(() => {});
}

/** Makes this another document for the background, which asks nothing for one that was left. */
function comeBack() {
  page = newNumber();
}

/** @returns {number} one that no other document is likely to have */
function newNumber() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/**
 * @param {HTMLImageElement} image
 * @returns {Promise<{ bytes: ArrayBuffer } | { url: string } | null>} a picture file, or where the
 *   background finds one
 */
async function pictureOf(image) {
  if (canvasIsFaithful()) {
    const bytes = await drawnJpeg(image);
    return bytes && { bytes };
  }
  const url = sourceOf(image);
  // A blob's address means something only in the document that made it.
  return url.startsWith("blob:") ? blobBytes(url) : { url };
}

/**
 * @param {string} url
 * @returns {Promise<{ bytes: ArrayBuffer } | null>}
 */
async function blobBytes(url) {
  try {
    const blob = await (await fetch(url)).blob();
    return blob.size <= MAX_FILE_BYTES ? { bytes: await blob.arrayBuffer() } : null;
  } catch {
    // The page took the blob's address back when the image had loaded.
    return null;
  }
}

/**
 * @param {Element} element
 * @returns {string} the language that its author declared (BCP 47), or empty
 */
function languageOf(element) {
  return element.closest("[lang]")?.getAttribute("lang") ?? "";
}
