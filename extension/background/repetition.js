/** Whether a caption says nothing that the page does not say beside the image. */

const SHORT_WORD = 3;

/**
 * @param {string} caption
 * @param {string} beside what the page says, a figure's caption
 * @returns {boolean} whether every word of the caption that means something is there already
 */
export function repeats(caption, beside) {
  const said = new Set(wordsIn(beside));
  const words = wordsIn(caption).filter((word) => word.length > SHORT_WORD);
  return words.length > 0 && words.every((word) => said.has(word));
}

/**
 * @param {string} text
 * @returns {string[]} in lower case, without the s of a plural
 */
function wordsIn(text) {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/s$/, ""));
}
