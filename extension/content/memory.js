/**
 * What was answered in this document, by the picture's address: in one document Firefox shows the
 * same picture for the same address. The hundredth like it costs nothing.
 */

const MOST_KEPT = 200;
const LONGEST_ADDRESS = 2048;

/** @type {Map<string, Words>} */
const answers = new Map();

/**
 * @param {Element} element
 * @param {Kind} kind
 * @param {string} source
 * @returns {string | null} null where the address alone does not say what is to be written
 */
function keyOf(element, kind, source) {
  const shared = kind !== "svg" && kind !== "area" && source.length <= LONGEST_ADDRESS;
  return shared && figcaptionOf(element) === ""
    ? `${kind} ${element.getAttribute("crossorigin")} ${source}`
    : null;
}

/**
 * @param {Element} element
 * @param {Kind} kind
 * @param {string} source
 * @returns {Words | null}
 */
function recall(element, kind, source) {
  const key = keyOf(element, kind, source);
  return (key !== null && answers.get(key)) || null;
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
  answers.set(key, words);
  if (answers.size > MOST_KEPT) {
    answers.delete(/** @type {string} */ (answers.keys().next().value));
  }
}
