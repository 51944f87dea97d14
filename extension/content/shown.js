/** What of an image is on the page, as far as its layout says. */

/** Smaller ones, in CSS pixels, are bullets, spacers and tracking pixels. */
const LEAST_SHOWN = 24;
/** Files with shorter sides are spacers and counters, or stand in for a picture to come. */
const LEAST_SIDE = 16;
/** Of a sheet of many small pictures more than half is outside of the box. */
const SPRITE_FACTOR = 1.5;

/** How wide images were when they were last looked at, in CSS pixels. @type {WeakMap<Element, number>} */
const widths = new WeakMap();

/**
 * @param {Element} element
 * @returns {Element} whose box the image has: an area's is that of the image below it
 */
function boxed(element) {
  return (element.localName === "area" && imageOfArea(element)) || element;
}

/**
 * @param {Element} area
 * @returns {HTMLImageElement | null} the image on which it lies
 */
function imageOfArea(area) {
  const name = area.closest("map")?.getAttribute("name");
  const root = /** @type {Document | ShadowRoot} */ (area.getRootNode());
  const images = name ? [...root.querySelectorAll("img[usemap]")] : [];
  const found = images.find((one) => one.getAttribute("usemap")?.replace(/^#/, "") === name);
  return /** @type {HTMLImageElement | null} */ (found ?? null);
}

/**
 * @param {Element} image
 * @returns {Element[]} the areas that lie on it
 */
function areasOn(image) {
  const name = image.getAttribute("usemap")?.replace(/^#/, "");
  const root = /** @type {Document | ShadowRoot} */ (image.getRootNode());
  const map = name ? [...root.querySelectorAll("map")].find((one) => one.name === name) : null;
  return map ? [...map.querySelectorAll("area[href]")] : [];
}

/**
 * @param {Element} element
 * @param {DOMRectReadOnly} box relative to the viewport
 * @returns {boolean} whether it is large enough to be looked at, and in what is read
 */
function isShown(element, { width, height }) {
  return (
    width >= LEAST_SHOWN &&
    height >= LEAST_SHOWN &&
    boxed(element).checkVisibility({ visibilityProperty: true })
  );
}

/**
 * @param {DOMRectReadOnly} box relative to the viewport
 * @returns {boolean}
 */
function isInView({ top, bottom, left, right }) {
  return bottom >= 0 && right >= 0 && top <= innerHeight && left <= innerWidth;
}

/**
 * @param {Element} element
 * @returns {boolean} whether its picture is there: what is not an img is loaded when it is asked
 *   about
 */
function isLoaded(element) {
  const image = boxed(element);
  if (!(image instanceof HTMLImageElement)) {
    return true;
  }
  return image.complete && image.naturalWidth >= LEAST_SIDE && image.naturalHeight >= LEAST_SIDE;
}

/**
 * @param {Element} element
 * @param {Kind} kind
 * @returns {string} what tells its picture from another that it may show later: the address; for
 *   what is drawn in the page, of how many parts it is
 */
function sourceOf(element, kind) {
  switch (kind) {
    case "img": {
      const image = /** @type {HTMLImageElement} */ (element);
      return image.currentSrc || image.src;
    }
    case "area": {
      const image = imageOfArea(element);
      return image ? `${sourceOf(image, "img")}#${element.getAttribute("coords")}` : "";
    }
    case "svg":
      return `svg ${element.querySelectorAll("*").length}`;
    case "background":
      return backgroundOf(element);
    case "video":
      return addressOf(element, "poster");
    case "object":
      return addressOf(element, "data");
    default:
      return addressOf(element, "src");
  }
}

/**
 * @param {Element} element
 * @param {string} attribute
 * @returns {string} the address in it, whole
 */
function addressOf(element, attribute) {
  const address = element.getAttribute(attribute)?.trim() ?? "";
  return URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI).href : "";
}

/**
 * @param {Element} element
 * @returns {string} the address of the first picture in its CSS background; empty where there is
 *   none, only a gradient or a part of a sprite
 */
function backgroundOf(element) {
  return /url\("((?:[^"\\]|\\.)*)"\)/.exec(getComputedStyle(element).backgroundImage)?.[1] ?? "";
}

/**
 * @param {Element} element
 * @param {Kind} kind
 * @param {{ width: number, height: number }} file in pixels
 * @returns {boolean} whether the element is a window to a small part of its picture
 */
function isSprite(element, kind, file) {
  if (kind !== "img" && kind !== "background") {
    return false;
  }
  const { objectFit, objectPosition, backgroundSize, backgroundPosition } = getComputedStyle(element);
  const [size, place] =
    kind === "img" ? [objectFit === "none" ? "auto" : "cover", objectPosition] : [backgroundSize, backgroundPosition];
  if (size === "cover" || size === "contain" || place === "50% 50%") {
    return false;
  }
  const [width, height] = /^([\d.]+)px ([\d.]+)px$/.exec(size)?.slice(1).map(Number) ?? [
    file.width,
    file.height,
  ];
  const { clientWidth, clientHeight } = element;
  return width > clientWidth * SPRITE_FACTOR || height > clientHeight * SPRITE_FACTOR;
}
