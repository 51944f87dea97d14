/**
 * Which images need words. Nothing here looks at the layout: tests/unit/extension/verdict.test.mjs
 * has a table of cases.
 *
 * The author has spoken when there is alt (also an empty one), a name from elsewhere, or a way out
 * of what is read. Source: W3C, An alt decision tree; the HTML specification, 4.8.4.4.
 */

/**
 * - `wanted`: it has no name, and its author did not say that it needs none.
 * - `filler`: its alt is the name of a file, or a word like "image".
 * - `empty`: its author says that it is decorative.
 * - `spoken`: its author named it.
 * - `out`: it is not read at all.
 * - `edited`: somebody is writing here.
 * - `none`: it is no image.
 * @typedef {"wanted" | "filler" | "empty" | "spoken" | "out" | "edited" | "none"} Verdict
 */

/** What in a page acts when it is chosen. */
const CONTROLS =
  "a[href], button, summary, [role=link i], [role=button i], [role=menuitem i], [role=tab i]";

/**
 * @param {Element} element
 * @param {Overwritten[]} [ours]
 * @returns {Verdict} on what its author wrote
 */
function verdictOn(element, ours) {
  const kind = kindOf(element);
  if (kind === null) {
    return "none";
  }
  if (isTakenOut(element)) {
    return "out";
  }
  if (isNamedOtherwise(element, ours)) {
    return "spoken";
  }
  const alt = authorsAttribute(element, "alt", ours);
  if (takesAlt(kind) && alt !== null) {
    return hasText(alt) ? (isFiller(alt) ? "filler" : "spoken") : "empty";
  }
  return isBeingEdited(element) ? "edited" : "wanted";
}

/**
 * @param {Element} element an image that is wanted
 * @returns {boolean} whether it is all that a link or button has to be named after: without it
 *   the reader hears an address, or nothing
 */
function isLoneInControl(element) {
  if (element.localName === "input" || element.localName === "area") {
    return true;
  }
  const control = element.closest(CONTROLS);
  return (
    control !== null &&
    !isNamedOtherwise(control) &&
    !hasText(control.textContent) &&
    [...control.querySelectorAll("[alt], [aria-label]")].every(
      (one) => one === element || !saysSomething(one),
    )
  );
}

/**
 * @param {Element} element
 * @returns {string} what its figure says below it, where it is the figure's only image; else empty
 */
function figcaptionOf(element) {
  const figure = element.closest("figure");
  const caption = figure?.querySelector("figcaption");
  const alone = figure?.querySelectorAll(IMAGES).length === 1;
  return (alone && caption?.textContent?.replace(/\s+/g, " ").trim()) || "";
}
