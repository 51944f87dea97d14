/** Work in small pieces: the page goes on in between. */

/** Shorter than what a reader notices, and than what a timer of Firefox can be trusted to say. */
const SLICE_MS = 8;
const MOST_STEPS = 100;
const IDLE_MS = 100;

/** The end of what is being drawn. */
let drawing = Promise.resolve();

/**
 * Does work step by step, the first steps at once.
 * @param {Iterator<unknown>} steps
 */
function inSlices(steps) {
  const began = performance.now();
  for (let count = 0; count < MOST_STEPS && performance.now() - began < SLICE_MS; count += 1) {
    if (steps.next().done) {
      return;
    }
  }
  requestIdleCallback(() => inSlices(steps), { timeout: IDLE_MS });
}

/**
 * Draws one picture after the other, each in a turn of its own of the event loop.
 * @template Drawn
 * @param {() => Drawn} draw
 * @returns {Promise<Drawn>}
 */
async function oneByOne(draw) {
  const before = drawing;
  const { promise, resolve } = Promise.withResolvers();
  drawing = promise;
  await before;
  try {
    return draw();
  } finally {
    setTimeout(resolve, 0);
  }
}
