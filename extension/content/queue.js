/** Images that wait for their turn: few are asked about at once, those in view first. */

const MOST_AT_ONCE = 4;

/** @typedef {"visible" | "near"} Nearness */

/** @type {Map<HTMLImageElement, Nearness>} */
const turns = new Map();
let busy = 0;

/**
 * @param {HTMLImageElement} image
 * @param {Nearness} nearness
 */
function enqueue(image, nearness) {
  turns.set(image, nearness);
}

/** @param {HTMLImageElement} image */
function dequeue(image) {
  turns.delete(image);
}

/** Gives as many images their turn as may have it; to be called when all that came are queued. */
function nextTurns() {
  while (busy < MOST_AT_ONCE && turns.size > 0) {
    const [image, nearness] =
      turns.entries().find(([, one]) => one === "visible") ?? [...turns][0];
    turns.delete(image);
    busy += 1;
    describe(image, nearness).finally(() => {
      busy -= 1;
      nextTurns();
    });
  }
}

/**
 * @param {HTMLImageElement} image
 * @param {Nearness} nearness
 */
async function describe(image, nearness) {
  if (!isCandidate(image) || !isLoaded(image)) {
    return;
  }
  /** @type {Knowledge} */
  const known = { source: sourceOf(image), answer: null, writes: 0 };
  knowledge.set(image, known);
  const answer = await askAbout(image, nearness).catch(() => null);
  // Meanwhile the image may show another picture, about which another question is on its way.
  if (knowledge.get(image) !== known) {
    return;
  }
  if (answer === null || known.source !== sourceOf(image)) {
    // Asked anew when the reader comes by again.
    knowledge.delete(image);
    return;
  }
  known.answer = answer;
  writeAlt(image, known);
}
