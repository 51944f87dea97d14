/** Whether a caption says nothing that the page does not say beside the image. */

/** Articles, prepositions and the like; in English, German, French and Spanish. */
const FUNCTION_WORDS = new Set(
  wordsIn(
    "a an the of in on at by to and or is are it its with for from as up over under near next that this " +
    "der die das den dem des ein eine einen einem einer und oder im am an auf bei mit vor von zu zum zur " +
    "le la les l un une de du d et ou au aux en sur dans avec par " +
    "el los las y o del al con por para una",
  ),
);

/**
 * @param {string} caption
 * @param {string} beside what the page says, a figure's caption
 * @returns {boolean} whether every word of the caption that means something is there already
 */
export function repeats(caption, beside) {
  const said = new Set(wordsIn(beside));
  const words = wordsIn(caption).filter((word) => !FUNCTION_WORDS.has(word));
  return words.length > 0 && words.every((word) => said.has(word));
}

/**
 * @param {string} text
 * @returns {string[]} in lower case, without the s of a plural
 */
function wordsIn(text) {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/s$/, ""));
}
