/** Images that wait for their turn: few are asked about at once, those in view first. */

const MOST_AT_ONCE = 4;
/**
 * The first of those that come together is asked about alone: drawing the others would take the
 * processor from who describes it. A slow host, beside which drawing is nothing, is not waited for.
 */
const HEAD_START_MS = 200;
/** How long to wait when nobody answers, and when an image shows ever new pictures. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** So many pictures one after the other belong to a gallery; more may be an endless film. */
const FREE_PICTURES = 4;

/** What acts when it is chosen and has no other name first, then what is in view. */
const RANKS = ["control", "visible", "near"];

/** @typedef {"control" | "visible" | "near"} Rank */

/** @type {Map<Element, Rank>} */
const turns = new Map();

/**
 * The questions that are open.
 * @type {Set<{ element: Element }>}
 */
const questions = new Set();

/** Questions that nobody answered, one after the other. */
let unanswered = 0;
/** Nothing is asked before. */
let earliest = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let wakeUp;
/** Runs while the first question is alone. @type {ReturnType<typeof setTimeout> | undefined} */
let headStart;

/**
 * How often an image was asked about without a longer pause, and when last; which picture it shows
 * now and since when; whether that one is waited for.
 * @type {WeakMap<Element, { count: number, asked: number, source: string, at: number,
 *   waits: boolean }>}
 */
const shows = new WeakMap();

/**
 * @param {Element} element
 * @param {Rank} rank
 */
function enqueue(element, rank) {
  turns.set(element, rank);
}

/** @param {Element} element */
function dequeue(element) {
  turns.delete(element);
}

/** Gives images their turn; to be called when all that came together are queued. */
function nextTurns() {
  if (questions.size === 0 && turns.size > 0) {
    headStart ??= setTimeout(endHeadStart, HEAD_START_MS);
  }
  giveTurns();
}

/** Gives as many images their turn as may have it. */
function giveTurns() {
  if (Date.now() < earliest) {
    wakeUp ??= setTimeout(() => {
      wakeUp = undefined;
      giveTurns();
    }, earliest - Date.now());
    return;
  }
  while (questions.size < mostAtOnce() && turns.size > 0) {
    const [element, rank] = mostUrgent();
    turns.delete(element);
    const question = { element };
    questions.add(question);
    describe(element, rank).finally(() => {
      questions.delete(question);
      endHeadStart();
    });
  }
}

/** @returns {number} */
function mostAtOnce() {
  // While nobody answers, one picture is enough to find out whether somebody is back.
  return unanswered > 0 || isAlone() ? 1 : MOST_AT_ONCE;
}

/** @returns {boolean} whether the first of those that came together has not been answered yet */
function isAlone() {
  return headStart !== undefined;
}

/** Gives all others their turn. */
function endHeadStart() {
  clearTimeout(headStart);
  headStart = undefined;
  giveTurns();
}

/** @returns {[Element, Rank]} */
function mostUrgent() {
  for (const rank of RANKS) {
    for (const turn of turns) {
      if (turn[1] === rank) {
        return turn;
      }
    }
  }
  throw new Error("nobody waits");
}

/**
 * Gives up the open questions, as the document is left. Firefox drops the answers to a document
 * that waits in the history, without a word: their images would keep all others waiting for ever.
 */
function giveUpQuestions() {
  if (questions.size > 0) {
    leave();
    comeBack();
  }
  for (const { element } of questions) {
    knowledge.delete(element);
  }
  questions.clear();
  turns.clear();
  clearTimeout(headStart);
  headStart = undefined;
}

/**
 * @param {Element} element
 * @param {Rank} rank
 */
async function describe(element, rank) {
  const kind = kindOf(element);
  if (kind === null || !isWanted(element) || !isLoaded(element) || knownAbout(element, kind)) {
    return;
  }
  const source = sourceOf(element, kind);
  const recalled = recall(element, kind, source);
  if (recalled === null && waitsForStill(element, source)) {
    return;
  }
  /** @type {Knowledge} */
  const known = { source, words: recalled, writes: 0, byHand: false };
  knowledge.set(element, known);
  if (known.words === null) {
    const priority = rank === "near" ? "near" : "visible";
    const answer = await askAbout(element, kind, { priority }).catch(() => null);
    // Meanwhile the image may show another picture, about which another question is on its way.
    if (knowledge.get(element) !== known) {
      return;
    }
    if (answer === null || "later" in answer) {
      knowledge.delete(element);
      putOff(element, rank, answer);
      return;
    }
    answered();
    if (source !== sourceOf(element, kind)) {
      knowledge.delete(element);
      consider(element);
      return;
    }
    known.words = answer;
    remember(element, kind, source, answer);
  }
  if (isWanted(element)) {
    write(element, kind, known);
  }
}

/**
 * @param {Element} element
 * @param {Rank} rank
 * @param {{ later: number } | null} answer null where nobody answered
 */
function putOff(element, rank, answer) {
  if (answer === null) {
    unanswered += 1;
  }
  const show = shows.get(element);
  if (show) {
    show.count -= 1; // that nobody answered is not the image's doing
  }
  const wait = answer?.later ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (unanswered - 1));
  earliest = Math.max(earliest, Date.now() + wait);
  if (element.isConnected && answer === null) {
    // At the end: a picture that no host can answer must not keep the others from theirs.
    enqueue(element, rank);
  } else if (element.isConnected) {
    const others = [...turns];
    turns.clear();
    enqueue(element, rank);
    others.forEach(([other, itsRank]) => enqueue(other, itsRank));
  }
}

/** Somebody answers again: nothing waits any longer. */
function answered() {
  if (unanswered === 0) {
    return;
  }
  unanswered = 0;
  earliest = 0;
  clearTimeout(wakeUp);
  wakeUp = undefined;
}

/**
 * @param {Element} element
 * @param {string} source
 * @returns {boolean} whether it has shown so many pictures that this one must first stay a while;
 *   then it is considered again
 */
function waitsForStill(element, source) {
  const now = Date.now();
  const show = shows.get(element) ?? { count: 0, asked: 0, source: "", at: 0, waits: false };
  shows.set(element, show);
  if (show.source !== source) {
    show.count = now - show.at > LONGEST_WAIT_MS ? 0 : show.count;
    show.at = now;
    show.source = source;
  }
  const more = show.count - FREE_PICTURES;
  const wait = more >= 0 ? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** more) : 0;
  const left = Math.max(show.at, show.asked) + wait - now;
  if (left > 0 && !show.waits) {
    show.waits = true;
    setTimeout(() => {
      show.waits = false;
      consider(element);
    }, left);
  }
  if (left <= 0) {
    show.count += 1;
    show.asked = now;
  }
  return left > 0;
}
