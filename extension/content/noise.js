/**
 * Finds out whether this document's canvases can be believed.
 *
 * Protection against fingerprinting makes Firefox hand out noise, or slightly changed pixels,
 * instead of what was drawn. A caption of noise would be an invention.
 */

const PATTERN_SIDE = 32;

/** @type {boolean | undefined} */
let canvasBelieved;

/**
 * @returns {boolean} whether a canvas gives back what was drawn into it; found out once in a
 *   document
 */
function canvasIsFaithful() {
  canvasBelieved ??= patternComesBack();
  return canvasBelieved;
}

/**
 * @returns {boolean} whether a pattern of many colours, drawn and read back, is the same
 */
function patternComesBack() {
  try {
    const { context } = newCanvas(PATTERN_SIDE, PATTERN_SIDE);
    const drawn = context.createImageData(PATTERN_SIDE, PATTERN_SIDE);
    // Many colours: weak protection leaves plain areas alone. Opaque: nothing is lost to alpha.
    const { data } = drawn;
    data.forEach((_, at) => {
      data[at] = at % 4 === 3 ? 255 : (at * 73 + (at >> 5) * 151) % 256;
    });
    context.putImageData(drawn, 0, 0);
    const read = context.getImageData(0, 0, PATTERN_SIDE, PATTERN_SIDE);
    return data.join() === read.data.join();
  } catch {
    return false;
  }
}
