/** Work in small pieces: the page goes on in between. */

/** Shorter than what a reader notices. */
const SLICE_MS = 6;
/** After that there is time for another. */
const FRAME_MS = 16;
/** Firefox may be told to count time in large steps only. */
const MOST_STEPS = 60;
const IDLE_MS = 100;

/** What is to be done, in its order. @type {Iterator<unknown>[]} */
let work = [];
let slice = { began: 0, steps: 0 };
let isScheduled = false;

/** The end of what is being drawn. */
let drawing = Promise.resolve();

/**
 * Does work step by step, in the order in which it came: at once, where there was none for a while.
 * @param {Iterator<unknown>} steps
 */
function inSlices(steps) {
  work.push(steps);
  if (!isScheduled) {
    goOn();
  }
}

function goOn() {
  isScheduled = false;
  if (performance.now() - slice.began > FRAME_MS) {
    slice = { began: performance.now(), steps: 0 };
  }
  while (work.length > 0) {
    if (performance.now() - slice.began > SLICE_MS || slice.steps >= MOST_STEPS) {
      isScheduled = true;
      requestIdleCallback(goOnLater, { timeout: IDLE_MS });
      return;
    }
    slice.steps += 1;
    if (isDone(work[0])) {
      work.shift();
    }
  }
}

/**
 * @param {Iterator<unknown>} steps
 * @returns {boolean} whether there are no more; what fails ends, and nothing else with it
 */
function isDone(steps) {
  try {
    return steps.next().done === true;
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
    return true;
  }
}

function goOnLater() {
  slice = { began: performance.now(), steps: 0 };
  goOn();
}

/** Leaves all work undone. */
function dropWork() {
  work = [];
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
