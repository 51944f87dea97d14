/**
 * Whether the page's own scripts could read the pixels of an image. What they could not, they must
 * not learn from what we write.
 */

/**
 * A content script may read the pixels of any image, so it is of no use to try. But Firefox copies
 * no bitmap that is not of the document's own origin, whoever asks: also one from an address of
 * the same origin that led on to another.
 * @param {HTMLImageElement} image that has loaded
 * @returns {Promise<boolean>}
 */
async function isReadableByPage(image) {
  try {
    const bitmap = await createImageBitmap(image, 0, 0, 1, 1);
    structuredClone(bitmap).close();
    bitmap.close();
    return true;
  } catch {
    return false;
  }
}
