/**
 * Writes answers into the page, and takes them back when the picture is no longer the same.
 *
 * `data-altlens` marks an image whose alt is ours: `described:MODEL` or `text:MODEL`, and
 * `decorative` or `decorative:MODEL` where the alt is empty.
 */

const MARK = "data-altlens";

/** A page may take our alt away again; it could do so for ever. */
const MOST_WRITES = 3;

/**
 * What is known about one image while it shows one picture.
 * @typedef {object} Knowledge
 * @property {string} source
 * @property {import("../background/answer.js").Answer | null} answer null while it is asked for
 * @property {number} writes
 */

/** @type {WeakMap<HTMLImageElement, Knowledge>} */
const knowledge = new WeakMap();

/**
 * @param {HTMLImageElement} image
 * @returns {Knowledge | undefined} what is known about the picture that it shows now
 */
function knownAbout(image) {
  const known = knowledge.get(image);
  return known && known.source === sourceOf(image) ? known : undefined;
}

/**
 * Forgets what is known about an image, and takes back the alt that we wrote. An alt that the
 * page wrote over ours stays.
 * @param {HTMLImageElement} image
 */
function forget(image) {
  const answer = knowledge.get(image)?.answer;
  knowledge.delete(image);
  if (answer && image.hasAttribute(MARK)) {
    image.removeAttribute(MARK);
    if (image.getAttribute("alt") === answer.text) {
      image.removeAttribute("alt");
    }
  }
}

/**
 * Writes the answer, where the image still needs one.
 * @param {HTMLImageElement} image
 * @param {Knowledge} known
 */
function writeAlt(image, known) {
  const { answer } = known;
  if (!answer || answer.kind === "unsure" || !isCandidate(image) || known.writes >= MOST_WRITES) {
    return;
  }
  known.writes += 1;
  image.setAttribute("alt", answer.text);
  image.setAttribute(MARK, answer.model ? `${answer.kind}:${answer.model}` : answer.kind);
}

/**
 * Takes our mark away from an image on which the page has written an alt of its own.
 * @param {HTMLImageElement} image
 */
function yieldToAuthor(image) {
  const answer = knowledge.get(image)?.answer;
  if (answer && image.hasAttribute(MARK) && image.getAttribute("alt") !== answer.text) {
    image.removeAttribute(MARK);
  }
}
