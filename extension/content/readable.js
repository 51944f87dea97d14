/**
 * Whether the page's own scripts could read the pixels of an image. What they could not, they must
 * not learn from what we write.
 */

/** On which readable pictures were tried, for the next. @type {Canvas | null} */
let probe = null;

/**
 * A content script may read the pixels of any canvas, so it is of no use to try. But Firefox copies
 * no bitmap of a canvas into which something was drawn that is not of the document's own origin,
 * whoever asks: not either of an image whose address of the same origin led on to another.
 * @param {HTMLCanvasElement | HTMLImageElement} drawn a canvas, or an image that has loaded
 * @returns {Promise<boolean>}
 */
async function isReadableByPage(drawn) {
  try {
    // One pixel is enough, and quick.
    const tried = probe ?? newCanvas(1, 1);
    probe = null; // one that fails is not used again: it would fail with any picture
    tried.context.drawImage(drawn, 0, 0, 1, 1, 0, 0, 1, 1);
    const bitmap = await createImageBitmap(tried.canvas);
    structuredClone(bitmap).close();
    bitmap.close();
    probe = tried;
    return true;
  } catch {
    return false;
  }
}
