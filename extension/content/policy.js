/** What the user lets us do in this document. Nothing is read from it before that is known. */

/** @typedef {import("../background/policy.js").Policy} Policy */

const FIRST_TRY_MS = 500;
const LONGEST_TRY_MS = 60_000;

/** @type {Policy} */
let policy = {
  active: "off",
  pageOff: false,
  onRequest: false,
  repairNames: false,
  emptyAlts: false,
  sayUnsure: false,
  mark: false,
  words: "",
};

/** @returns {boolean} whether images are described without being asked for */
function isAtWork() {
  return policy.active === "automatic";
}

/**
 * Asks until the background answers: it may be about to start. A document that was off when it was
 * left, and comes back from the history, is off still.
 * @param {number} [wait] milliseconds until the next try
 */
async function askForPolicy(wait = FIRST_TRY_MS) {
  /** @type {{ policy: Policy, since: number } | null} */
  const answer = await browser.runtime
    .sendMessage({ type: "policy", off: policy.pageOff })
    .catch(() => null);
  if (answer) {
    obey(answer.policy);
    takeBackLeftovers(answer.since);
  } else {
    setTimeout(() => askForPolicy(Math.min(LONGEST_TRY_MS, wait * 2)), wait);
  }
}

/** @param {Policy} next */
function obey(next) {
  if (JSON.stringify(next) === JSON.stringify(policy)) {
    return;
  }
  stopWork();
  policy = next;
  if (isAtWork()) {
    startWork();
  }
}
