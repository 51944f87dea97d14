/**
 * Writes answers into the page, and takes them back: as the author left it, byte for byte, but not
 * where the page has changed it since.
 *
 * `data-altlens` marks an image that has our words.
 */

const MARK = "data-altlens";
/** What stood there before, where anything did: for who must undo what it has not written. */
const WAS = "data-altlens-was";

/** A page may take our words away again; it could do so for ever. */
const MOST_WRITES = 3;

/**
 * What is known about one image while it shows one picture.
 * @typedef {object} Knowledge
 * @property {string} source
 * @property {Words | null} words null while they are asked for
 * @property {number} writes
 * @property {boolean} byHand whether the user asked for it
 */

/**
 * What was changed: null stands for an attribute that is not there.
 * @typedef {{ name: string, before: string | null, wrote: string | null }} Change
 */

/** @type {WeakMap<Element, Knowledge>} */
let knowledge = new WeakMap();

/** @type {WeakMap<Element, Change[]>} the words first, then what else was changed for them */
const changesOf = new WeakMap();

/** All elements that were changed, as long as the page keeps them. @type {Set<WeakRef<Element>>} */
const changed = new Set();
let sweepAt = 256;

/**
 * @param {Element} element
 * @param {Kind} kind
 * @returns {Knowledge | undefined} what is known about the picture that it shows now
 */
function knownAbout(element, kind) {
  const known = knowledge.get(element);
  return known && known.source === sourceOf(element, kind) ? known : undefined;
}

/**
 * @param {Element} element
 * @returns {Change | undefined} our words, where they still stand
 */
function ourWords(element) {
  const [words] = changesOf.get(element) ?? [];
  return words && element.getAttribute(words.name) === words.wrote ? words : undefined;
}

/**
 * @param {Element} element
 * @returns {Verdict} on what its author wrote
 */
function verdictOnAuthors(element) {
  return verdictOn(element, ourWords(element) && changesOf.get(element));
}

/**
 * Writes words, where the image still needs some.
 * @param {Element} element
 * @param {Kind} kind
 * @param {Knowledge} known
 */
function write(element, kind, known) {
  const { words } = known;
  if (!words || words.alt === null || ourWords(element) || known.writes >= MOST_WRITES) {
    return;
  }
  // Only an img is taken out of what is read by an empty name; and a link needs one.
  if (words.alt === "" && (kind !== "img" || isLoneInControl(element))) {
    return;
  }
  known.writes += 1;
  undo(element);
  const changes = [change(element, placeForWords(element, kind, words.alt), words.alt)];
  // It found nothing with words, but Firefox would go on to look there first.
  if (words.alt !== "" && element.hasAttribute("aria-labelledby")) {
    changes.push(change(element, "aria-labelledby", null));
  }
  if (words.mark !== null) {
    const was = Object.fromEntries(changes.map(({ name, before }) => [name, before]));
    const isBare = Object.values(was).every((before) => before === null);
    changes.push(change(element, MARK, words.mark));
    changes.push(change(element, WAS, isBare ? null : JSON.stringify(was)));
  }
  changesOf.set(element, changes);
  haveMapRead(element);
  changed.add(new WeakRef(element));
  if (changed.size > sweepAt) {
    sweep();
  }
}

/**
 * Firefox tells no screen reader of a new alt on an area, nor where there is an aria-label or
 * aria-labelledby, even an empty one.
 * @param {Element} element
 * @param {Kind} kind
 * @param {string} alt
 * @returns {string} the attribute to write
 */
function placeForWords(element, kind, alt) {
  const aria = ["aria-label", "aria-labelledby"].some((name) => element.hasAttribute(name));
  const deaf = kind === "area" || (aria && alt !== "");
  return takesAlt(kind) && !deaf ? "alt" : "aria-label";
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | null} wrote
 * @returns {Change}
 */
function change(element, name, wrote) {
  const before = element.getAttribute(name);
  put(element, name, wrote);
  return { name, before, wrote };
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value
 */
function put(element, name, value) {
  if (value === null) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value);
  }
}

/**
 * Firefox reads the names of areas once, when it builds what screen readers read of their image; and
 * builds that anew when the map gets a name.
 * @param {Element} element
 */
function haveMapRead(element) {
  const map = element.localName === "area" ? element.closest("map") : null;
  const name = map?.getAttribute("name");
  if (map && name) {
    map.setAttribute("name", "");
    map.setAttribute("name", name);
  }
}

/**
 * Takes back what was written on an image. What the page wrote over it stays.
 * @param {Element} element
 */
function undo(element) {
  const changes = changesOf.get(element) ?? [];
  changesOf.delete(element);
  for (const { name, before, wrote } of changes) {
    if (element.getAttribute(name) === wrote) {
      put(element, name, before);
      haveMapRead(element);
    }
  }
}

/** @yields {Element} each that was changed and is still there */
function* ourElements() {
  for (const reference of [...changed]) {
    const element = reference.deref();
    if (element) {
      yield element;
    }
  }
}

/** @returns {number} how many images on the page have words of ours */
function describedHere() {
  const described = [...ourElements()].filter((one) => one.isConnected && ourWords(one)?.wrote);
  return new Set(described).size;
}

/** Takes back all that was written in this document, and forgets what is known about it. */
function undoAll() {
  for (const element of ourElements()) {
    undo(element);
  }
  changed.clear();
  knowledge = new WeakMap();
}

/**
 * Forgets what is known about an image, and takes back what was written on it.
 * @param {Element} element
 */
function forget(element) {
  knowledge.delete(element);
  undo(element);
}

/**
 * Takes our mark away from an image that the page has named itself.
 * @param {Element} element
 */
function yieldToAuthor(element) {
  const [words] = changesOf.get(element) ?? [];
  if (words && element.hasAttribute(words.name) && !ourWords(element)) {
    undo(element);
  }
}

/** Drops the references to elements that are no more. */
function sweep() {
  const seen = new Set();
  for (const reference of changed) {
    const element = reference.deref();
    if (!element || seen.has(element) || !changesOf.has(element)) {
      changed.delete(reference);
    }
    seen.add(element);
  }
  sweepAt = Math.max(256, changed.size * 2);
}
