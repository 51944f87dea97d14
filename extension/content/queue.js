/** Images that wait for their turn: few are asked about at once, those in view first. */

const MOST_AT_ONCE = 4;

/** @typedef {"visible" | "near"} Nearness */

/** @type {Map<HTMLImageElement, Nearness>} */
const turns = new Map();

/**
 * The questions that are open.
 * @type {Set<{ image: HTMLImageElement }>}
 */
const questions = new Set();

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
  while (questions.size < MOST_AT_ONCE && turns.size > 0) {
    const [image, nearness] =
      turns.entries().find(([, one]) => one === "visible") ?? [...turns][0];
    turns.delete(image);
    const question = { image };
    questions.add(question);
    describe(image, nearness).finally(() => {
      questions.delete(question);
      nextTurns();
    });
  }
}

/**
 * Gives up the open questions, as the document is left. Firefox drops the answers to a document
 * that waits in the history, without a word: their images would keep all others waiting for ever.
 */
function giveUpQuestions() {
  if (questions.size > 0) {
    leave();
  }
  for (const { image } of questions) {
    knowledge.delete(image);
  }
  questions.clear();
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
