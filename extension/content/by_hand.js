/** Describes an image because the user asked for it: the answer is shown where no page can read. */

/** @typedef {import("../background/ui_messages.js").Target} Target */

const MOST_REQUESTS = 32;

/** The images of the user's requests. @type {Map<number, WeakRef<Element>>} */
const requested = new Map();

/**
 * @param {Target} target
 * @returns {Element | { frame: number } | null} the image that is meant, or the frame that has the
 *   focus and knows it
 */
function targetOf(target) {
  if ("menu" in target) {
    const element = browser.menus.getTargetElement(target.menu);
    return element instanceof Element ? imageAt(element) : null;
  }
  if ("focus" in target) {
    const element = focused();
    if (element && "contentWindow" in element) {
      // Every frame keeps in mind what had its focus last: only this one has it now.
      return { frame: browser.runtime.getFrameId(element) };
    }
    return (element && imageAt(element)) ?? selectedImage();
  }
  return firstIn(document, lacksWords);
}

/**
 * @param {number} menu
 * @returns {boolean} whether the menu was opened on an image, though Firefox does not know it
 */
function isOnImage(menu) {
  const image = browser.menus.getTargetElement(menu)?.closest(IMAGES);
  const kind = image ? kindOf(image) : null;
  return image && kind !== null ? kind === "svg" || sourceOf(image, kind) !== "" : false;
}

/**
 * @param {Element} element
 * @returns {Element | null} the image that it is, is in, or holds
 */
function imageAt(element) {
  const around = element.closest(IMAGES);
  if (around && isImage(around)) {
    return around;
  }
  const control = element.closest(CONTROLS);
  return firstIn(element, isImage) ?? (control && firstIn(control, isImage));
}

/**
 * @param {ParentNode} root
 * @param {(element: Element) => boolean} condition
 * @returns {Element | null} the first in it that meets it, also in shadow trees
 */
function firstIn(root, condition) {
  for (const element of root.querySelectorAll("*")) {
    if (condition(element)) {
      return element;
    }
    const inner = shadowOf(element);
    const found = inner && firstIn(inner, condition);
    if (found) {
      return found;
    }
  }
  return null;
}

/** @returns {Element | null} what has the focus, however deep in shadow trees */
function focused() {
  let { activeElement } = document;
  for (let inner = activeElement; inner; inner = shadowOf(inner)?.activeElement ?? null) {
    activeElement = inner;
  }
  return activeElement === document.body ? null : activeElement;
}

/** @returns {Element | null} the image at the caret, which screen readers move as they read */
function selectedImage() {
  const { focusNode, focusOffset } = document.getSelection() ?? {};
  const node = focusNode?.childNodes[focusOffset ?? 0] ?? focusNode;
  return node && isImage(node) ? node : null;
}

/**
 * @param {Element} element
 * @returns {boolean} whether it is an image that needs words and has none
 */
function lacksWords(element) {
  return (
    isImage(element) &&
    verdictOnAuthors(element) === "wanted" &&
    !ourWords(element) &&
    isLoaded(element) &&
    isShown(element, boxed(element).getBoundingClientRect())
  );
}

/**
 * @param {Element} element
 * @param {number} request
 * @returns {Promise<boolean>} whether the question is on its way
 */
async function describeByHand(element, request) {
  const kind = kindOf(element);
  if (kind === null) {
    return false;
  }
  requested.set(request, new WeakRef(element));
  if (requested.size > MOST_REQUESTS) {
    requested.delete(/** @type {number} */ (requested.keys().next().value));
  }
  const picture = await pictureOf(element, kind, null);
  if (picture === null) {
    return false;
  }
  answerByHand(element, kind, request, picture);
  return true;
}

/**
 * @param {Element} element
 * @param {Kind} kind
 * @param {number} request
 * @param {Picture} picture
 */
async function answerByHand(element, kind, request, picture) {
  const source = sourceOf(element, kind);
  const wish = /** @type {const} */ ({ priority: "asked", request });
  const words = await askAbout(element, kind, wish, picture).catch(() => null);
  if (words === null || "later" in words || source !== sourceOf(element, kind)) {
    return;
  }
  if (mayWriteByHand(element)) {
    const known = { source, words, writes: 0, byHand: true };
    knowledge.set(element, known);
    write(element, kind, known);
    if (!isAtWork()) {
      watchOne(element);
    }
  }
}

/**
 * @param {Element} element
 * @returns {boolean} whether what was asked for by hand is also written into the page
 */
function mayWriteByHand(element) {
  if (policy.active === "off") {
    return false;
  }
  const verdict = verdictOnAuthors(element);
  return (
    verdict === "wanted" ||
    (verdict === "filler" && policy.repairNames) ||
    (verdict === "empty" && policy.emptyAlts)
  );
}

/**
 * Takes back what was written for a request, and leaves that picture alone from now on.
 * @param {number} request
 */
function takeAway(request) {
  const element = requested.get(request)?.deref();
  const kind = element && kindOf(element);
  if (!element || !kind) {
    return;
  }
  const source = sourceOf(element, kind);
  undo(element);
  knowledge.set(element, { source, words: NO_WORDS, writes: 0, byHand: true });
  remember(element, kind, source, NO_WORDS);
}
