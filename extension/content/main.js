/** Watches the document for images without words. */

/** How far outside the viewport an image is near enough to be described ahead. */
const NEAR = "1000px";
/** For looking at the layout before Firefox does, in each of its frames. */
const EARLY_MS = 3;

const ATTRIBUTES_OF_IMAGES = [
  "src", "srcset", "poster", "data", "type", "alt", "aria-label", "aria-labelledby", "title", "role",
  "usemap", "href", "coords",
];
const ATTRIBUTES_OF_ANCESTORS = ["aria-hidden", "inert", "contenteditable"];
const ATTRIBUTES_WITH_PICTURES = ["src", "srcset", "poster", "data"];

let early = { frame: 0, spent: 0 };

const nearby = new IntersectionObserver((entries) => inSlices(eachEntry(entries)), {
  rootMargin: NEAR,
});

const changes = new MutationObserver((records) => {
  for (const { target, attributeName } of records) {
    // Our words would be wrong for another picture: they go at once.
    if (ATTRIBUTES_WITH_PICTURES.includes(attributeName ?? "") && isImage(target)) {
      forget(target);
    }
  }
  inSlices(eachRecord(records));
});

/**
 * @param {IntersectionObserverEntry[]} entries
 * @returns {Generator<undefined>} yields after each
 */
function* eachEntry(entries) {
  for (const { target, isIntersecting, boundingClientRect } of entries) {
    for (const element of [target, ...areasOn(target)]) {
      if (isIntersecting) {
        queueUp(element, boundingClientRect);
      } else {
        dequeue(element);
      }
    }
    if (!target.isConnected) {
      nearby.unobserve(target);
    }
    yield;
  }
  nextTurns();
}

/**
 * @param {MutationRecord[]} records
 * @returns {Generator<undefined>} yields after each, and each element in it
 */
function* eachRecord(records) {
  for (const { type, target, attributeName, addedNodes } of records) {
    if (type === "childList") {
      considerAround(target);
      for (const node of addedNodes) {
        yield* eachImageIn(node);
      }
      lookSoon();
    } else if (ATTRIBUTES_OF_ANCESTORS.includes(attributeName ?? "")) {
      yield* eachImageIn(target);
    } else if (isImage(target) && ourWords(target)?.name !== attributeName) {
      consider(target);
    }
    yield;
  }
}

/**
 * Considers all images in a part of the document.
 * @param {Node} node
 * @returns {Generator<undefined>} yields after each element
 */
function* eachImageIn(node) {
  if (isAtWork() && "querySelectorAll" in node) {
    yield* eachTree(node);
  }
}

/**
 * What is drawn in the page, and what has a title inside, changes with what is inside.
 * @param {Node} node whose children have changed
 */
function considerAround(node) {
  const svg = node instanceof SVGElement ? node.closest("svg[role]") : null;
  if (svg && isImage(svg)) {
    consider(svg);
  }
}

/**
 * Starts or stops watching an image; to be called whenever something about it has changed.
 * @param {Element} element
 */
function consider(element) {
  const kind = kindOf(element);
  const known = kind && knownAbout(element, kind);
  if (!known) {
    forget(element);
  }
  yieldToAuthor(element);
  const byHand = known?.byHand && mayWriteByHand(element);
  if (kind === null || !(byHand || isWanted(element))) {
    // What is not read for a while, as all behind a dialog, may keep its words.
    if (verdictOnAuthors(element) !== "out") {
      undo(element);
    }
  } else if (known?.words) {
    write(element, kind, known);
  } else if (!isEarly(element)) {
    // Observing anew makes the observer say anew where the image is. One that is not wanted stays
    // observed: an image map's areas may be.
    const anchor = boxed(element);
    nearby.unobserve(anchor);
    nearby.observe(anchor);
  }
}

/**
 * Queues an image in view at once, instead of waiting for Firefox's next frame.
 * @param {Element} element
 * @returns {boolean} whether it was
 */
function isEarly(element) {
  const now = performance.now();
  if (now - early.frame > FRAME_MS) {
    early = { frame: now, spent: 0 };
  }
  if (early.spent >= EARLY_MS || !isLoaded(element)) {
    return false;
  }
  const box = boxed(element).getBoundingClientRect();
  early.spent += performance.now() - now;
  if (!isInView(box)) {
    return false;
  }
  queueUp(element, box);
  // After all that come with it, so that the most urgent has the first turn.
  queueMicrotask(nextTurns);
  return true;
}

/**
 * @param {Element} element
 * @param {DOMRectReadOnly} box relative to the viewport
 */
function queueUp(element, box) {
  const kind = kindOf(element);
  if (kind === null || !isWanted(element) || !isLoaded(element) || knownAbout(element, kind)) {
    return;
  }
  widths.set(boxed(element), box.width);
  if (!isShown(element, box) || (kind === "background" && backgroundOf(element) === "")) {
    unseen.add(new WeakRef(element));
  } else if (!isInView(box)) {
    enqueue(element, "near");
  } else {
    enqueue(element, isLoneInControl(element) ? "control" : "visible");
  }
}

/**
 * @param {Element} element
 * @returns {boolean} whether it is to be described without being asked for
 */
function isWanted(element) {
  if (!isAtWork() || !element.isConnected) {
    return false;
  }
  const verdict = verdictOnAuthors(element);
  return verdict === "wanted" || (verdict === "filler" && policy.repairNames);
}

/**
 * @param {Node} node
 * @returns {node is Element}
 */
function isImage(node) {
  return node instanceof Element && kindOf(node) !== null;
}

/** @param {Document | ShadowRoot} root */
function watch(root) {
  changes.observe(root, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: [...ATTRIBUTES_OF_IMAGES, ...ATTRIBUTES_OF_ANCESTORS],
  });
  // A load event does not bubble, but is seen on its way down.
  root.addEventListener("load", onLoad, true);
}

/**
 * Watches one image in a document in which nothing else is watched.
 * @param {Element} element
 */
function watchOne(element) {
  changes.observe(element, { attributes: true, attributeFilter: ATTRIBUTES_OF_IMAGES });
  element.addEventListener("load", () => consider(element));
}

/** @param {Event} event */
function onLoad({ target, isTrusted }) {
  if (!isTrusted || !isAtWork()) {
    return;
  }
  if (target instanceof Element && isImage(target)) {
    consider(target);
    areasOn(target).forEach(consider);
  } else if (unseen.size > 0) {
    lookSoon();
  }
}

/** Begins to describe, or begins anew. */
function startWork() {
  inSlices(eachImageIn(document));
  lookSoon();
}

/** Ends it, and takes back what was written. */
function stopWork() {
  changes.disconnect();
  nearby.disconnect();
  dropWork();
  giveUpQuestions();
  answers.clear();
  forgetTrees();
  undoAll();
}

addEventListener("pagehide", ({ isTrusted }) => {
  if (isTrusted) {
    giveUpQuestions();
  }
});
// Back from the history, the document is as it was left, but for its open questions.
addEventListener("pageshow", ({ persisted, isTrusted }) => {
  if (persisted && isTrusted) {
    askForPolicy();
    inSlices(eachImageIn(document));
  }
});
HINTS.forEach((name) => document.addEventListener(name, hint, { capture: true, passive: true }));
askForPolicy();
