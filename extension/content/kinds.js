/** What kinds of images there are, and which attribute gives each of them a name. */

/** @typedef {"img" | "input" | "area" | "svg" | "background" | "video" | "object" | "embed"} Kind */

/** Everything that may be an image; `kindOf` says whether it is. */
const IMAGES =
  'img, input[type="image" i], area[href], svg[role], [role~="img" i], [role~="image" i], ' +
  "video[poster], object[data], embed[src]";

const NAMES_OF_FILES = /\.(?:apng|avif|bmp|gif|ico|jfif|jpe?g|png|svg|webp)$/i;

/**
 * @param {Element} element
 * @returns {Kind | null} null where it is no image; whether an element with role=img has a
 *   background picture is not looked at here
 */
function kindOf(element) {
  switch (element.localName) {
    case "img":
    case "area":
      return element.localName;
    case "input":
      return element.getAttribute("type")?.toLowerCase() === "image" ? "input" : null;
    case "video":
      return hasText(element.getAttribute("poster")) ? "video" : null;
    case "object":
      return isPictureFile(element, "data") ? "object" : null;
    case "embed":
      return isPictureFile(element, "src") ? "embed" : null;
    case "svg":
      return hasImageRole(element) ? "svg" : null;
    default:
      return hasImageRole(element) ? "background" : null;
  }
}

/**
 * @param {Kind} kind
 * @returns {boolean} whether alt names such an image
 */
function takesAlt(kind) {
  return kind === "img" || kind === "input" || kind === "area";
}

/**
 * @param {Element} element
 * @returns {string} the first of its roles, in lower case
 */
function roleOf(element) {
  return (element.getAttribute("role") ?? "").trim().toLowerCase().split(/\s+/)[0];
}

/**
 * @param {Element} element
 * @returns {boolean}
 */
function hasImageRole(element) {
  const role = roleOf(element);
  return role === "img" || role === "image";
}

/**
 * @param {Element} element
 * @param {string} attribute with the address of the file
 * @returns {boolean} whether it shows a picture, by its declared type or else by its address
 */
function isPictureFile(element, attribute) {
  const type = (element.getAttribute("type") ?? "").trim().toLowerCase();
  const address = (element.getAttribute(attribute) ?? "").trim();
  if (address === "") {
    return false;
  }
  return type === ""
    ? /^data:image\//i.test(address) || NAMES_OF_FILES.test(address.split(/[?#]/)[0])
    : type.startsWith("image/");
}
