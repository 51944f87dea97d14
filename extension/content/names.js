/**
 * What an author said about an image. Sources: the HTML specification's and HTML-AAM's rules for
 * names, ARIA 1.2, and the ACT rules 23a2a8, 59796f, 8fc3b6 and 7d6734.
 */

/**
 * @param {string | null | undefined} text
 * @returns {boolean}
 */
function hasText(text) {
  return typeof text === "string" && text.trim() !== "";
}

/**
 * What stands in an attribute that is not its author's, and what its author left there.
 * @typedef {{ name: string, before: string | null }} Overwritten
 */

/**
 * @param {Element} element
 * @param {string} name
 * @param {Overwritten[]} [ours]
 * @returns {string | null} what its author wrote there
 */
function authorsAttribute(element, name, ours) {
  const overwritten = ours?.find((one) => one.name === name);
  return overwritten ? overwritten.before : element.getAttribute(name);
}

/**
 * @param {Element} element
 * @param {Overwritten[]} [ours]
 * @returns {boolean} whether it has a name from anything but its alt attribute
 */
function isNamedOtherwise(element, ours) {
  return (
    hasText(authorsAttribute(element, "aria-label", ours)) ||
    hasText(element.getAttribute("title")) ||
    isLabelledByOthers(element, ours) ||
    hasTitleChild(element) ||
    hasLabel(element)
  );
}

/**
 * @param {Element} element
 * @param {Overwritten[]} [ours]
 * @returns {boolean} whether at least one element that aria-labelledby names is there and has text
 */
function isLabelledByOthers(element, ours) {
  const value = authorsAttribute(element, "aria-labelledby", ours) ?? "";
  const ids = value.split(/\s+/).filter(Boolean);
  const root = element.getRootNode();
  return ids.some((id) => {
    const label = "getElementById" in root ? /** @type {Document} */ (root).getElementById(id) : null;
    return label !== null && saysSomething(label);
  });
}

/**
 * @param {Element} label
 * @returns {boolean}
 */
function saysSomething(label) {
  return (
    hasText(label.textContent) ||
    ["aria-label", "alt", "title"].some((name) => hasText(label.getAttribute(name))) ||
    [...label.querySelectorAll("[alt], [aria-label]")].some(
      (one) => hasText(one.getAttribute("alt")) || hasText(one.getAttribute("aria-label")),
    )
  );
}

/**
 * @param {Element} element
 * @returns {boolean} whether it is an svg with a title of its own
 */
function hasTitleChild(element) {
  return (
    element.localName === "svg" &&
    [...element.children].some((one) => one.localName === "title" && hasText(one.textContent))
  );
}

/**
 * @param {Element} element
 * @returns {boolean} whether a label belongs to it
 */
function hasLabel(element) {
  const { labels } = /** @type {HTMLInputElement} */ (element);
  return element.localName === "input" && labels !== null && [...labels].some(saysSomething);
}

/**
 * @param {Element} element
 * @returns {boolean} whether its author took it, or something around it, out of what is read
 */
function isTakenOut(element) {
  const role = roleOf(element);
  if (role === "none" || role === "presentation") {
    return true;
  }
  for (let one = /** @type {Element | null} */ (element); one; one = hostOf(one)) {
    const within = one === element ? one.parentElement : one;
    if (
      one.closest('[aria-hidden="true" i], [inert]') !== null ||
      // What is inside an image is not read.
      within?.closest('[role="img" i], [role="image" i]')
    ) {
      return true;
    }
  }
  return false;
}

/**
 * @param {Element} element
 * @returns {Element | null} the element that holds the shadow tree, or the frame of the same
 *   origin, in which the element is
 */
function hostOf(element) {
  const root = element.getRootNode();
  if ("host" in root) {
    return /** @type {ShadowRoot} */ (root).host;
  }
  try {
    return element.ownerDocument.defaultView?.frameElement ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {Element} element
 * @returns {boolean} whether somebody writes here: what we wrote would be sent along
 */
function isBeingEdited(element) {
  const editor = element.closest("[contenteditable]");
  const value = editor?.getAttribute("contenteditable")?.toLowerCase();
  return (editor && value !== "false") || element.ownerDocument.designMode === "on";
}
