/** Which images need words. */

/** Shorter sides, in the file's own pixels, belong to spacers, counters and bullets. */
const LEAST_SIDE = 16;

/**
 * Says whether an image has no name and its author did not say that it needs none.
 *
 * An empty alt is the author's word. So are the other attributes that name an image, a role that
 * takes it out of the accessibility tree, and an ancestor that does so. Those attributes may go
 * away again: then the image is a candidate.
 * @param {HTMLImageElement} image
 * @returns {boolean}
 */
function isCandidate(image) {
  return (
    image.isConnected &&
    !image.hasAttribute("alt") &&
    !hasText(image.getAttribute("aria-label")) &&
    !hasText(image.title) &&
    !isLabelledByOthers(image) &&
    !isPresentational(image) &&
    image.closest("[aria-hidden=true], [inert]") === null
  );
}

/**
 * @param {HTMLImageElement} image
 * @returns {boolean} whether there are pixels worth a description
 */
function isLoaded(image) {
  return (
    image.complete && image.naturalWidth >= LEAST_SIDE && image.naturalHeight >= LEAST_SIDE
  );
}

/**
 * @param {HTMLImageElement} image
 * @returns {string} the address of the picture that the image shows
 */
function sourceOf(image) {
  return image.currentSrc || image.src;
}

/**
 * @param {HTMLImageElement} image
 * @returns {boolean}
 */
function isLabelledByOthers(image) {
  const ids = (image.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean);
  const root = /** @type {Document | ShadowRoot} */ (image.getRootNode());
  return ids.some((id) => {
    const label = root.getElementById(id);
    return hasText(label?.getAttribute("aria-label")) || hasText(label?.textContent);
  });
}

/**
 * @param {HTMLImageElement} image
 * @returns {boolean}
 */
function isPresentational(image) {
  const [role] = (image.getAttribute("role") ?? "").trim().toLowerCase().split(/\s+/);
  return role === "none" || role === "presentation";
}

/**
 * @param {string | null | undefined} text
 * @returns {boolean}
 */
function hasText(text) {
  return typeof text === "string" && text.trim() !== "";
}
