/**
 * Finds all trees of a document: its own, and the shadow trees in it, open and closed. Firefox does
 * not say when a shadow tree is made, nor when an element is shown: both are looked for, soon after
 * something has happened and then less and less often.
 */

const FIRST_LOOK_MS = 250;
const LONGEST_LOOK_MS = 4000;
/** For each element that was looked at, this long until the next time. */
const REST_MS = 0.1;
const ELEMENTS_IN_A_STEP = 50;
/** After them something may be shown that was not. */
const HINTS = ["click", "keyup", "focusin", "transitionend", "animationend", "scrollend"];

/** @type {WeakSet<Node>} */
let rootsSeen = new WeakSet();
/** @type {Set<WeakRef<Node>>} */
const roots = new Set();
/** Images that were too small or invisible. @type {Set<WeakRef<Element>>} */
const unseen = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let nextLook;
let patience = FIRST_LOOK_MS;
/** How many elements were looked at since the last look began. */
let looked = 0;

/**
 * @param {Element} element
 * @returns {ShadowRoot | null} its shadow tree, open or closed
 */
function shadowOf(element) {
  // TypeScript does not know what Firefox gives to extensions.
  return /** @type {any} */ (element).openOrClosedShadowRoot;
}

/**
 * @param {Node} part of a document
 * @returns {Generator<undefined>} yields now and then
 */
function* eachTree(part) {
  if (part instanceof Document || part instanceof ShadowRoot) {
    if (!rootsSeen.has(part)) {
      rootsSeen.add(part);
      roots.add(new WeakRef(part));
      watch(part);
    }
  }
  yield* eachImage(part);
  yield* eachShadow(part);
}

/**
 * @param {Node} part
 * @returns {Generator<undefined>} yields now and then
 */
function* eachShadow(part) {
  const inner = /** @type {Element} */ (part).querySelectorAll("*");
  if (part instanceof Element) {
    yield* eachNewTree(part);
  }
  for (const element of inner) {
    looked += 1;
    yield* eachNewTree(element);
    if (looked % ELEMENTS_IN_A_STEP === 0) {
      yield;
    }
  }
}

/**
 * @param {Element} element
 * @returns {Generator<undefined>} yields now and then
 */
function* eachNewTree(element) {
  const root = shadowOf(element);
  if (root && !rootsSeen.has(root)) {
    yield* eachTree(root);
  }
}

/**
 * @param {Node} part
 * @yields {undefined} after each image
 */
function* eachImage(part) {
  if (part instanceof Element && part.matches(IMAGES)) {
    consider(part);
  }
  for (const image of /** @type {Element} */ (part).querySelectorAll(IMAGES)) {
    consider(image);
    yield;
  }
}

/** Has the document looked through again, soon. */
function lookSoon() {
  if (patience > FIRST_LOOK_MS || nextLook === undefined) {
    patience = FIRST_LOOK_MS;
    lookLater();
  }
}

function lookLater() {
  clearTimeout(nextLook);
  nextLook = setTimeout(look, Math.max(patience, looked * REST_MS));
}

function look() {
  patience = Math.min(LONGEST_LOOK_MS, patience * 2);
  lookLater();
  if (document.visibilityState === "visible") {
    inSlices(eachLook());
  }
}

/** @yields {undefined} after each element */
function* eachLook() {
  for (const reference of [...unseen]) {
    const element = reference.deref();
    unseen.delete(reference);
    if (element?.isConnected) {
      consider(element);
    }
    yield;
  }
  for (const element of ourElements()) {
    const kind = kindOf(element);
    if (kind !== null && kind !== "img" && !knownAbout(element, kind)) {
      consider(element);
    }
    yield;
  }
  looked = 0;
  for (const reference of [...roots]) {
    const root = reference.deref();
    if (!root) {
      roots.delete(reference);
    } else if (root.isConnected) {
      yield* eachShadow(root);
    }
  }
}

/** @param {Event} event */
function hint({ isTrusted }) {
  if (isTrusted && unseen.size > 0) {
    lookSoon();
  }
}

/** Forgets all trees, so that they are found and watched anew. */
function forgetTrees() {
  clearTimeout(nextLook);
  nextLook = undefined;
  patience = FIRST_LOOK_MS;
  rootsSeen = new WeakSet();
  roots.clear();
  unseen.clear();
}
