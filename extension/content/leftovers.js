/**
 * Takes back what the extension wrote into this document before it was started anew, as when it was
 * updated: without that its words would pass for the author's. They are known by their mark.
 */

const ELEMENTS_AT_ONCE = 50;
/** A page could name any other. */
const OURS = ["alt", "aria-label", "aria-labelledby"];

/** @param {number} since when the extension was started, in milliseconds of the epoch */
function takeBackLeftovers(since) {
  // In a younger document the mark is the author's, who may have saved a page with our words.
  if (performance.timeOrigin < since) {
    inSlices(eachLeftover(document));
  }
}

/**
 * @param {Document | ShadowRoot} root
 * @returns {Generator<undefined>} yields now and then
 */
function* eachLeftover(root) {
  for (const element of root.querySelectorAll(`[${MARK}]`)) {
    if (!changesOf.has(element)) {
      changesOf.set(element, changesSaidBy(element));
      undo(element);
    }
  }
  let count = 0;
  for (const element of root.querySelectorAll("*")) {
    const inner = shadowOf(element);
    if (inner) {
      yield* eachLeftover(inner);
    }
    count += 1;
    if (count % ELEMENTS_AT_ONCE === 0) {
      yield;
    }
  }
}

/**
 * @param {Element} element with our mark
 * @returns {Change[]}
 */
function changesSaidBy(element) {
  const kind = kindOf(element);
  const was = wasSaidBy(element);
  const names = Object.keys(was);
  const alone = kind && takesAlt(kind) && kind !== "area" ? "alt" : "aria-label";
  return [...(names.length > 0 ? names : [alone]), MARK, WAS].map((name) => ({
    name,
    before: typeof was[name] === "string" ? was[name] : null,
    wrote: element.getAttribute(name),
  }));
}

/**
 * @param {Element} element
 * @returns {Record<string, unknown>} what stood in the attributes that were written
 */
function wasSaidBy(element) {
  try {
    const was = Object(JSON.parse(element.getAttribute(WAS) ?? "{}"));
    const known = Object.entries(was).filter(([name]) => OURS.includes(name));
    return Object.fromEntries(known);
  } catch {
    return {};
  }
}
