/**
 * Draws a picture as its reader sees it: small, and on the background that it stands on.
 *
 * An HTML canvas and nothing else: a content script may read one into which an image of another
 * origin was drawn.
 */

const XHTML = "http://www.w3.org/1999/xhtml";
const LONGEST_SIDE = 512;
/** How much larger than wished a picture is drawn first: with 2 it takes half as long again. */
const STEP = 1.5;
const JPEG_QUALITY = 0.9;
/** Of what the host wants sharper, for it reads what is written there. */
const SHARP_QUALITY = 0.95;
/** Larger lossless files take too long on their way. */
const MOST_LOSSLESS = 4 * 1024 * 1024;
/** What a page without any background colour stands on. */
const PAPER = "white";
/** Making a canvas takes six times as long as drawing on it: some are kept for the next pictures. */
const SPARE_MS = 1000;
const MOST_SPARE = 12;
const MOST_SPARE_PIXELS = 600_000;

/** @typedef {{ canvas: HTMLCanvasElement, context: CanvasRenderingContext2D }} Canvas */

/** @type {Canvas[]} */
let spares = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let sparesEnd;

/**
 * What can be drawn.
 * @typedef {object} Drawable
 * @property {HTMLImageElement} image that has loaded
 * @property {Element} ground the element whose background is behind it
 * @property {boolean} vector whether it is as sharp at any size
 * @property {{ x: number, y: number, width: number, height: number }} part of it, in its pixels
 */

/**
 * @param {number} width pixels
 * @param {number} height pixels
 * @returns {Canvas}
 */
function newCanvas(width, height) {
  // Not every document makes elements of HTML unless it is told so.
  const canvas = /** @type {HTMLCanvasElement} */ (document.createElementNS(XHTML, "canvas"));
  canvas.width = width;
  canvas.height = height;
  // Nothing shines through what is handed out.
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (context === null) {
    throw new Error("no canvas");
  }
  return { canvas, context };
}

/**
 * @param {number} width pixels
 * @param {number} height pixels
 * @returns {Canvas} on which another picture may still be
 */
function anyCanvas(width, height) {
  const at = spares.findIndex(({ canvas }) => canvas.width === width && canvas.height === height);
  return at === -1 ? newCanvas(width, height) : spares.splice(at, 1)[0];
}

/**
 * Keeps canvases for a moment.
 * @param {Canvas[]} used that the page could read: one that it could not read would count as
 *   unreadable with the next picture too
 */
function keepCanvases(used) {
  const small = used.filter(({ canvas }) => canvas.width * canvas.height <= MOST_SPARE_PIXELS);
  spares = [...small, ...spares].slice(0, MOST_SPARE);
  clearTimeout(sparesEnd);
  sparesEnd = setTimeout(() => {
    spares = [];
  }, SPARE_MS);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {boolean} sharp whether the host reads what is written there
 * @returns {Promise<ArrayBuffer | null>} a JPEG or PNG file
 */
async function fileFrom(canvas, sharp) {
  if (!sharp) {
    return encoded(canvas, "image/jpeg", JPEG_QUALITY);
  }
  const lossless = await encoded(canvas, "image/png");
  return lossless && lossless.byteLength <= MOST_LOSSLESS
    ? lossless
    : encoded(canvas, "image/jpeg", SHARP_QUALITY);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} type
 * @param {number} [quality]
 * @returns {Promise<ArrayBuffer | null>}
 */
async function encoded(canvas, type, quality) {
  /** @type {Blob | null} */
  const blob = await new Promise((done) => {
    canvas.toBlob(done, type, quality);
  });
  return blob && (await blob.arrayBuffer());
}

/**
 * Firefox makes a pixel from the four nearest of the source: what is more than halved loses the
 * pixels in between, and gets patterns that it does not have. So it is shrunk in two steps.
 * @param {Drawable} drawable
 * @param {number} side
 * @returns {Canvas[]} those that were used; the picture is on the last, and covers it
 */
function drawn({ image, ground, vector, part }, side) {
  const fit = side / Math.max(part.width, part.height);
  const scale = vector ? fit : Math.min(1, fit);
  const width = Math.max(1, Math.round(part.width * scale));
  const height = Math.max(1, Math.round(part.height * scale));
  const factor = scale < 0.5 ? STEP : 1;
  const first = anyCanvas(Math.round(width * factor), Math.round(height * factor));
  const { canvas, context } = first;
  for (const colour of coloursBehind(ground)) {
    context.fillStyle = colour;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  const { x, y } = part;
  context.imageSmoothingEnabled = scale !== 1;
  context.drawImage(image, x, y, part.width, part.height, 0, 0, canvas.width, canvas.height);
  if (factor === 1) {
    return [first];
  }
  const last = anyCanvas(width, height);
  last.context.imageSmoothingEnabled = true;
  last.context.drawImage(canvas, 0, 0, width, height);
  return [first, last];
}

/**
 * @param {Element} element
 * @returns {string[]} CSS colours from the first that nothing shines through, or the paper, up to
 *   the element's own
 */
function coloursBehind(element) {
  const colours = [];
  for (let one = /** @type {Element | null} */ (element); one; one = parentOf(one)) {
    const { backgroundColor } = getComputedStyle(one);
    if (backgroundColor !== "rgba(0, 0, 0, 0)") {
      colours.push(backgroundColor);
    }
    if (backgroundColor.startsWith("rgb(")) {
      return colours.reverse();
    }
  }
  return [PAPER, ...colours.reverse()];
}

/**
 * @param {Element} element
 * @returns {Element | null} what it is drawn in, also across the edge of a shadow tree
 */
function parentOf(element) {
  const { parentNode } = element.assignedSlot ? { parentNode: element.assignedSlot } : element;
  if (parentNode instanceof ShadowRoot) {
    return parentNode.host;
  }
  return parentNode instanceof Element ? parentNode : null;
}
