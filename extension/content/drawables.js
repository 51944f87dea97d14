/** Gets from an image of any kind to something that a canvas can draw. */

/** Decoding more, many times, takes longer than a reader should wait for the page. */
const MOST_AT_ONCE_PIXELS = 60_000;
/** One alone is waited for, and takes 6 ms at most: the way around would take longer. */
const MOST_ALONE_PIXELS = 500_000;
const OTHER_END = "#altlens";

/**
 * @param {Element} element
 * @param {Kind} kind
 * @returns {Promise<Drawable | null>}
 */
async function drawableOf(element, kind) {
  if (kind === "svg") {
    return drawableSvg(element);
  }
  const image = boxed(element);
  if (image instanceof HTMLImageElement) {
    const decoded = await decodedOf(image);
    return decoded && drawable(decoded, element, partOf(image, element));
  }
  const loaded = await loadAnew(sourceOf(element, kind), element);
  return loaded && drawable(loaded, element, partOf(loaded, element));
}

/**
 * @param {HTMLImageElement} image
 * @param {Element} ground
 * @param {Drawable["part"]} part
 * @returns {Drawable | null} null where it is too small to show anything
 */
function drawable(image, ground, part) {
  if (image.naturalWidth < LEAST_SIDE || image.naturalHeight < LEAST_SIDE) {
    return null;
  }
  const vector = /^data:image\/svg|\.svgz?(?:[?#]|$)/i.test(image.currentSrc.slice(0, 4096));
  return { image, ground, vector, part };
}

/**
 * Firefox decodes an image as small as it is shown, and then once more, at once and on the main
 * thread, when it is drawn; and it says that it is decoded all the same. But it takes one whose
 * address has another end for another, and decodes that aside and as it is. Its file it has.
 * @param {HTMLImageElement} image in the page
 * @returns {Promise<HTMLImageElement | null>} what can be drawn in no time, where there is such
 */
async function decodedOf(image) {
  const { naturalWidth, naturalHeight, currentSrc } = image;
  const most = isAlone() ? MOST_ALONE_PIXELS : MOST_AT_ONCE_PIXELS;
  const isLarge = naturalWidth * naturalHeight > most;
  // Asking for the width costs a layout where words were just written.
  if (isLarge && currentSrc !== "" && (widths.get(image) ?? image.width) < naturalWidth) {
    const copy = await loadAnew(`${currentSrc.split("#")[0]}${OTHER_END}`, image);
    if (copy?.naturalWidth === naturalWidth && copy.naturalHeight === naturalHeight) {
      return copy;
    }
  }
  return (await isDecoded(image)) ? image : null;
}

/**
 * @param {HTMLImageElement} image
 * @returns {Promise<boolean>} false where it shows nothing, or another picture by now
 */
async function isDecoded(image) {
  try {
    await image.decode();
    return true;
  } catch {
    return false;
  }
}

/**
 * Loads a picture that the page shows, as the page did: Firefox has it in its memory, mostly.
 * @param {string} address
 * @param {Element} element that shows it
 * @returns {Promise<HTMLImageElement | null>}
 */
async function loadAnew(address, element) {
  if (address === "") {
    return null;
  }
  const image = /** @type {HTMLImageElement} */ (document.createElementNS(XHTML, "img"));
  image.referrerPolicy = element.getAttribute("referrerpolicy") ?? "";
  image.crossOrigin = element.localName === "img" ? element.getAttribute("crossorigin") : null;
  image.src = address;
  return (await isDecoded(image)) ? image : null;
}

/**
 * @param {HTMLImageElement} image
 * @param {Element} element an area on it; else all of it counts
 * @returns {Drawable["part"]} in the picture's own pixels
 */
function partOf(image, element) {
  const { naturalWidth, naturalHeight } = image;
  const whole = { x: 0, y: 0, width: naturalWidth, height: naturalHeight };
  const shape = element.localName === "area" ? cornersOf(element) : null;
  if (shape === null || image.width === 0 || image.height === 0) {
    return whole;
  }
  // An area's coordinates are in CSS pixels of the image as it is shown.
  const [across, down] = [naturalWidth / image.width, naturalHeight / image.height];
  const x = Math.max(0, shape.left * across);
  const y = Math.max(0, shape.top * down);
  const width = Math.min(naturalWidth, shape.right * across) - x;
  const height = Math.min(naturalHeight, shape.bottom * down) - y;
  return width >= 1 && height >= 1 ? { x, y, width, height } : whole;
}

/**
 * @param {Element} area
 * @returns {{ left: number, top: number, right: number, bottom: number } | null} around its shape
 */
function cornersOf(area) {
  const numbers = (area.getAttribute("coords") ?? "").split(/[\s,;]+/).filter(Boolean).map(Number);
  if (numbers.length < 3 || numbers.some(Number.isNaN)) {
    return null;
  }
  if (numbers.length === 3) {
    const [x, y, radius] = numbers;
    return { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
  }
  const xs = numbers.filter((_, at) => at % 2 === 0);
  const ys = numbers.filter((_, at) => at % 2 === 1);
  return {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs),
    bottom: Math.max(...ys),
  };
}
