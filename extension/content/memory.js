/**
 * What was answered in this document, by the picture's address and the ground that it stands on: in one
 * document Firefox shows the same picture for the same address. The hundredth like it costs nothing.
 */

const MOST_KEPT = 200;
const LONGEST_ADDRESS = 2048;
/** A page may take an image away as soon as it has words, and bring another: ever again. */
const FLEETING_MS = 2000;
const MOST_FLEETING = 10;
/** Nothing shines through a JPEG; a white drawing on black is another picture than on white. */
const OPAQUE = /^[^?#]*\.jpe?g(?:[?#]|$)/iu;

/**
 * @typedef {object} Remembered
 * @property {Words} words
 * @property {WeakRef<Element>} last image that got them
 * @property {number} at when
 * @property {number} fleeting how many of them were gone at once
 */

/** @type {Map<string, Remembered>} */
const answers = new Map();

/**
 * @param {Element} element
 * @param {Kind} kind
 * @param {string} source
 * @returns {string | null} null where the address alone does not say what is to be written
 */
function keyOf(element, kind, source) {
  const shared = kind !== "svg" && kind !== "area" && source.length <= LONGEST_ADDRESS;
  if (!shared || figcaptionOf(element) !== "") {
    return null;
  }
  const ground = OPAQUE.test(source) ? "" : coloursBehind(element).join(" ");
  return `${kind} ${element.getAttribute("crossorigin")} ${ground} ${source}`;
}

/**
 * @param {Element} element
 * @param {Kind} kind
 * @param {string} source
 * @returns {Words | null} what is to be written
 */
function recall(element, kind, source) {
  const key = keyOf(element, kind, source);
  const found = key === null ? undefined : answers.get(key);
  if (!found) {
    return null;
  }
  const last = found.last.deref();
  if (last !== element && !last?.isConnected && Date.now() - found.at < FLEETING_MS) {
    found.fleeting += 1;
  }
  found.last = new WeakRef(element);
  found.at = Date.now();
  return found.fleeting < MOST_FLEETING ? found.words : NO_WORDS;
}

/**
 * @param {Element} element
 * @param {Kind} kind
 * @param {string} source
 * @param {Words} words
 */
function remember(element, kind, source, words) {
  const key = keyOf(element, kind, source);
  if (key === null) {
    return;
  }
  answers.delete(key);
  answers.set(key, { words, last: new WeakRef(element), at: Date.now(), fleeting: 0 });
  if (answers.size > MOST_KEPT) {
    answers.delete(/** @type {string} */ (answers.keys().next().value));
  }
}
