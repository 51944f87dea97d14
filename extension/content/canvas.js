/**
 * Draws an image as its reader sees it: small, and on the background that it stands on.
 *
 * An HTML canvas and nothing else: a content script may read one into which an image of another
 * origin was drawn; OffscreenCanvas and createImageBitmap throw a SecurityError there.
 */

const LONGEST_SIDE = 512;
const JPEG_QUALITY = 0.9;
/** What a page without any background colour stands on. */
const PAPER = "white";

/**
 * @param {number} width pixels
 * @param {number} height pixels
 * @returns {{ canvas: HTMLCanvasElement, context: CanvasRenderingContext2D }}
 */
function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) {
    throw new Error("no canvas");
  }
  return { canvas, context };
}

/**
 * @param {HTMLImageElement} image that has loaded
 * @returns {Promise<ArrayBuffer | null>} a JPEG of at most 512 pixels on its longer side; null
 *   where the image cannot be drawn
 */
async function drawnJpeg(image) {
  const { naturalWidth, naturalHeight } = image;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(naturalWidth, naturalHeight));
  const width = Math.max(1, Math.round(naturalWidth * scale));
  const height = Math.max(1, Math.round(naturalHeight * scale));
  try {
    const { canvas, context } = newCanvas(width, height);
    for (const colour of coloursBehind(image)) {
      context.fillStyle = colour;
      context.fillRect(0, 0, width, height);
    }
    context.drawImage(image, 0, 0, width, height);
    /** @type {Blob | null} */
    const blob = await new Promise((done) => {
      canvas.toBlob(done, "image/jpeg", JPEG_QUALITY);
    });
    return blob && (await blob.arrayBuffer());
  } catch {
    return null;
  }
}

/**
 * @param {Element} element
 * @returns {string[]} CSS colours from the paper up to the element's own; some let those below
 *   shine through
 */
function coloursBehind(element) {
  const colours = [];
  for (let one = /** @type {Element | null} */ (element); one; one = one.parentElement) {
    colours.push(getComputedStyle(one).backgroundColor);
  }
  return [PAPER, ...colours.reverse()];
}
