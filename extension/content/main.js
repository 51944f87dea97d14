/** Watches the document for images without words. */

/** How far outside the viewport an image is near enough to be described ahead. */
const NEAR = "1000px";

const ATTRIBUTES_OF_IMAGES = ["src", "srcset", "alt", "aria-label", "aria-labelledby", "title", "role"];
const ATTRIBUTES_OF_ANCESTORS = ["aria-hidden", "inert"];

const nearby = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const image = /** @type {HTMLImageElement} */ (target);
      if (!isIntersecting) {
        dequeue(image);
      } else if (isLoaded(image) && !knownAbout(image)) {
        enqueue(image, isInView(boundingClientRect) ? "visible" : "near");
      }
    }
    nextTurns();
  },
  { rootMargin: NEAR },
);

const changes = new MutationObserver((records) => {
  for (const { type, target, attributeName, addedNodes } of records) {
    if (type === "childList") {
      addedNodes.forEach(scan);
    } else if (!isImage(target)) {
      scan(target);
    } else {
      if (attributeName === "src" || attributeName === "srcset") {
        forget(target);
      }
      consider(target);
    }
  }
});

/**
 * Considers all images in a part of the document.
 * @param {Node} node
 */
function scan(node) {
  if (isImage(node)) {
    consider(node);
  } else if (node instanceof Element || node instanceof Document) {
    node.querySelectorAll("img").forEach(consider);
  }
}

/**
 * Starts or stops watching an image; to be called whenever something about it has changed.
 * @param {HTMLImageElement} image
 */
function consider(image) {
  const known = knownAbout(image);
  if (!known) {
    forget(image);
  }
  yieldToAuthor(image);
  nearby.unobserve(image);
  if (known?.answer) {
    writeAlt(image, known);
  } else if (isCandidate(image)) {
    // Observing anew makes the observer say anew where the image is.
    nearby.observe(image);
  }
}

/**
 * @param {Node} node
 * @returns {node is HTMLImageElement}
 */
function isImage(node) {
  return node instanceof HTMLImageElement;
}

/**
 * @param {DOMRectReadOnly} box relative to the viewport
 * @returns {boolean}
 */
function isInView({ top, bottom, left, right }) {
  return bottom >= 0 && right >= 0 && top <= innerHeight && left <= innerWidth;
}

changes.observe(document, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: [...ATTRIBUTES_OF_IMAGES, ...ATTRIBUTES_OF_ANCESTORS],
});
// A load event does not bubble, but is seen on its way down.
document.addEventListener(
  "load",
  ({ target }) => {
    if (target instanceof HTMLImageElement) {
      consider(target);
    }
  },
  true,
);
addEventListener("pagehide", giveUpQuestions);
// Back from the history, the document is as it was left, but for its open questions.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) {
    comeBack();
    scan(document);
  }
});
scan(document);
