/** Gets from an image on the page to an answer from the background. */

/** @typedef {import("../background/page_messages.js").PageAnswer} PageAnswer */
/** What is known of a picture. @typedef {{ alt: string | null, mark: string | null }} Words */

const MAX_FILE_BYTES = 20 * 1024 * 1024;
const MAX_SOURCE = 2048;
/** More than twice what the background gives a host. */
const LONGEST_ANSWER_MS = 180_000;

/** The image stays as it is. @type {Words} */
const NO_WORDS = Object.freeze({ alt: null, mark: null });

/** This document's number: what it asked for is cancelled with it. */
let page = newNumber();

/**
 * What the background is to be asked about a picture.
 * @typedef {object} Picture
 * @property {ArrayBuffer} [bytes]
 * @property {string} [url] where the background finds the file
 * @property {boolean} readable whether the page's own scripts could read it
 */

/**
 * @typedef {object} Wish
 * @property {"asked" | "visible" | "near"} priority
 * @property {number} [request] the user's, for what is asked by hand
 * @property {boolean} [sharper]
 */

/**
 * Asks what an image shows, and once more, with a sharper picture, where that is wished.
 * @param {Element} element that has loaded
 * @param {Kind} kind
 * @param {Wish} wish
 * @param {Picture} [made] its picture, where that was made already
 * @returns {Promise<Words | { later: number } | null>} null where there is no answer now
 */
async function askAbout(element, kind, wish, made) {
  const picture = made ?? (await pictureOf(element, kind, null));
  if (picture === null) {
    return NO_WORDS;
  }
  const answer = await ask(element, kind, picture, wish);
  if (answer === null || !("sharper" in answer)) {
    return answer;
  }
  const sharper = await pictureOf(element, kind, answer.sharper);
  const last = sharper && (await ask(element, kind, sharper, { ...wish, sharper: true }));
  return last && "sharper" in last ? NO_WORDS : last;
}

/**
 * @param {Element} element
 * @param {Kind} kind
 * @param {Picture} picture
 * @param {Wish} wish
 * @returns {Promise<PageAnswer | null>}
 */
async function ask(element, kind, picture, wish) {
  const source = sourceOf(element, kind);
  const answer = browser.runtime.sendMessage({
    type: "describe",
    ...picture,
    ...wish,
    language: languageOf(element),
    beside: figcaptionOf(element),
    source: /^https?:/i.test(source) ? source.slice(0, MAX_SOURCE) : "",
    page,
  });
  // Firefox may end the background, and with it who would answer.
  return (await inTime(answer)) ?? null;
}

/**
 * @template Answer
 * @param {Promise<Answer>} answer
 * @returns {Promise<Answer | null>} null where it takes longer than any host may take
 */
async function inTime(answer) {
  const { promise: late, resolve } = Promise.withResolvers();
  const timer = setTimeout(() => resolve(null), LONGEST_ANSWER_MS);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tells the background that nobody waits for answers any more. */
function leave() {
  browser.runtime.sendMessage({ type: "leave", page }).catch(() => {});
}

/** Makes this another document for the background, which asks nothing for one that was left. */
function comeBack() {
  page = newNumber();
}

/** @returns {number} one that no other document is likely to have */
function newNumber() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/**
 * @param {Element} element
 * @param {Kind} kind
 * @param {number | null} side pixels that the host wished for
 * @returns {Promise<Picture | null>} null where there is no way to its pixels, or nothing to see
 */
async function pictureOf(element, kind, side) {
  const drawable = await drawableOf(element, kind);
  if (drawable === null) {
    return null;
  }
  const { naturalWidth, naturalHeight } = drawable.image;
  if (isSprite(element, kind, { width: naturalWidth, height: naturalHeight })) {
    return null;
  }
  // What the page itself draws, or has in its own text, is the page's to read.
  const source = sourceOf(element, kind);
  const own = kind === "svg" || source.startsWith("data:");
  if (!canvasIsFaithful()) {
    const picture = await fileOf(source, kind);
    return picture && { ...picture, readable: own || (await isReadableByPage(drawable.image)) };
  }
  try {
    const used = await oneByOne(() => drawn(drawable, side ?? LONGEST_SIDE));
    const { canvas } = used[used.length - 1];
    const copied = isReadableByPage(canvas);
    const bytes = await fileFrom(canvas, side !== null);
    if (await copied) {
      keepCanvases(used);
    }
    return bytes && { bytes, readable: own || (await copied) };
  } catch {
    return null;
  }
}

/**
 * @param {string} source
 * @param {Kind} kind
 * @returns {Promise<{ bytes: ArrayBuffer } | { url: string } | null>} the file itself, or where it is
 */
async function fileOf(source, kind) {
  if (kind === "svg" || kind === "area") {
    return null;
  }
  // A blob's address means something only in the document that made it.
  return source.startsWith("blob:") ? blobBytes(source) : { url: source };
}

/**
 * @param {string} url
 * @returns {Promise<{ bytes: ArrayBuffer } | null>}
 */
async function blobBytes(url) {
  try {
    const blob = await (await fetch(url)).blob();
    return blob.size <= MAX_FILE_BYTES ? { bytes: await blob.arrayBuffer() } : null;
  } catch {
    // The page took the blob's address back when the image had loaded.
    return null;
  }
}

/**
 * @param {Element} element
 * @returns {string} the language that its author declared (BCP 47), or empty
 */
function languageOf(element) {
  for (let one = /** @type {Element | null} */ (element); one; one = hostOf(one)) {
    const language = one.closest("[lang]")?.getAttribute("lang");
    if (language) {
      return language;
    }
  }
  return "";
}
