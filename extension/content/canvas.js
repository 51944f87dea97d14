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
  try {
    const canvas = drawn(image);
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
 * Firefox makes a pixel from the four nearest of the source: what is more than halved loses the
 * pixels in between, and gets patterns that it does not have. So it is halved last, by itself.
 * @param {HTMLImageElement} image
 * @returns {HTMLCanvasElement}
 */
function drawn(image) {
  const { naturalWidth, naturalHeight } = image;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(naturalWidth, naturalHeight));
  const width = Math.max(1, Math.round(naturalWidth * scale));
  const height = Math.max(1, Math.round(naturalHeight * scale));
  const factor = scale < 0.5 ? 2 : 1;
  const { canvas, context } = newCanvas(width * factor, height * factor);
  for (const colour of coloursBehind(image)) {
    context.fillStyle = colour;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  if (factor === 1) {
    return canvas;
  }
  const half = newCanvas(width, height);
  half.context.drawImage(canvas, 0, 0, width, height);
  return half.canvas;
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
