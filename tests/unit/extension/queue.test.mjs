import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { load } from "./content_scripts.mjs";

const SCRIPTS = ["kinds", "names", "fillers", "verdict", "shown", "memory", "alt", "queue"];
const CUP = { alt: "a cup", mark: null };

let window;
let now;
/** @type {{ at: number, run: () => void }[]} */
let timers;
/** What was asked: an image's id and how to answer. */
let asked;

/** Stands for the canvas, which only Firefox has, and for the background. */
function askAbout(element) {
  return new Promise((answer) => asked.push({ id: element.id, answer }));
}

beforeEach(() => {
  now = 1_000_000;
  timers = [];
  asked = [];
  window = load([], Array.from({ length: 8 }, (_, at) => `<img id="i${at}" src="${at}.jpg">`).join(""));
  Object.assign(window, {
    askAbout,
    NO_WORDS: { alt: null, mark: null },
    leave() {},
    comeBack() {},
    isWanted: (element) => element.isConnected && window.verdictOnAuthors(element) === "wanted",
    consider: (element) => queue(element.id),
    setTimeout: (run, wait) => timers.push({ at: now + wait, run }),
    clearTimeout: (id) => id && timers.splice(id - 1, 1, { at: Infinity, run() {} }),
  });
  window.Date.now = () => now;
  for (const property of ["complete", "naturalWidth", "naturalHeight"]) {
    Object.defineProperty(window.HTMLImageElement.prototype, property, { value: 100 });
  }
  load(SCRIPTS, "", window);
});

function image(id) {
  return window.document.getElementById(id);
}

function queue(id, rank = "visible") {
  window.enqueue(image(id), rank);
  window.nextTurns();
}

async function settle() {
  for (let turn = 0; turn < 10; turn += 1) {
    await Promise.resolve();
  }
}

async function answer(at, words = CUP) {
  asked[at].answer(words);
  await settle();
}

async function pass(milliseconds) {
  const end = now + milliseconds;
  for (;;) {
    const next = timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
    if (!next) {
      break;
    }
    now = Math.max(now, next.at);
    next.at = Infinity;
    next.run();
    await settle();
  }
  now = end;
}

function ids() {
  return asked.map(({ id }) => id);
}

/** Queues all eight, and answers those that are asked about at once. */
async function answerFirstFour(words) {
  for (let at = 0; at < 8; at += 1) {
    window.enqueue(image(`i${at}`), "visible");
  }
  window.nextTurns();
  await pass(1000);
  for (const at of [0, 1, 2, 3]) {
    await answer(at, words);
  }
}

test("few are asked about at once, controls first, then what is in view", async () => {
  for (const id of ["i0", "i1", "i6"]) {
    window.enqueue(image(id), "near");
  }
  for (const id of ["i2", "i3", "i4"]) {
    window.enqueue(image(id), "visible");
  }
  window.enqueue(image("i5"), "control");
  window.nextTurns();
  await answer(0);
  const first = ids();
  await answer(1);

  assert.deepEqual(first, ["i5", "i2", "i3", "i4", "i0"]);
  assert.deepEqual(ids().slice(5), ["i1"]);
});

test("the first has the processor to itself, until it is answered", async () => {
  for (let at = 0; at < 8; at += 1) {
    window.enqueue(image(`i${at}`), "visible");
  }
  window.nextTurns();
  await pass(100);
  const first = ids();
  await answer(0);

  assert.deepEqual(first, ["i0"]);
  assert.equal(asked.length, 5);
});

test("a first answer that takes long holds up no others", async () => {
  for (let at = 0; at < 8; at += 1) {
    window.enqueue(image(`i${at}`), "visible");
  }
  window.nextTurns();

  await pass(1000);

  assert.deepEqual(ids(), ["i0", "i1", "i2", "i3"]);
});

test("after a document was left, its first question is alone again", async () => {
  queue("i0");
  await pass(100);
  window.giveUpQuestions();
  for (let at = 1; at < 8; at += 1) {
    window.enqueue(image(`i${at}`), "visible");
  }
  window.nextTurns();

  await pass(150);

  assert.deepEqual(ids(), ["i0", "i1"]);
});

test("an answer is written, and the same picture is not asked about again", async () => {
  image("i1").src = image("i0").src;
  queue("i0");
  await answer(0);

  queue("i1");
  await settle();

  assert.equal(image("i0").alt, "a cup");
  assert.equal(image("i1").alt, "a cup");
  assert.equal(asked.length, 1);
});

test("while nobody answers one picture is tried, later and later, and nothing is lost", async () => {
  await answerFirstFour(null);
  const atOnce = asked.length;
  const tries = [];
  for (let minute = 0; minute < 10; minute += 1) {
    const before = asked.length;
    await pass(60_000);
    for (let at = before; at < asked.length; at += 1) {
      await answer(at, null);
    }
    tries.push(asked.length - before);
  }

  assert.equal(atOnce, 4);
  assert.ok(tries.every((one) => one <= 8) && tries.at(-1) <= 2, `${tries}`);
  assert.ok(tries.reduce((sum, one) => sum + one) >= 8, "it is tried again and again");
});

test("when somebody answers again, all are asked about at once and none twice", async () => {
  await answerFirstFour(null);
  await pass(10_000);
  const tried = asked.length;

  for (let at = 4; at < 20 && at < asked.length; at += 1) {
    await answer(at);
  }

  assert.equal(tried, 5);
  assert.equal(asked.length, 4 + 8);
  assert.ok([0, 1, 2, 3, 4, 5, 6, 7].every((at) => image(`i${at}`).alt === "a cup"));
});

test("who is told to wait waits that long", async () => {
  queue("i0");
  await answer(0, { later: 5000 });

  await pass(4999);
  const early = asked.length;
  await pass(2);

  assert.equal(early, 1);
  assert.deepEqual(ids(), ["i0", "i0"]);
});

test("who is told to wait keeps the turn before those that came later", async () => {
  await answerFirstFour({ later: 5000 });
  await pass(5001);

  assert.deepEqual(ids().slice(4).sort(), ["i0", "i1", "i2", "i3"]);
});

test("an image that shows ever new pictures is asked about less and less", async () => {
  let shown = 0;
  for (let second = 0; second < 600; second += 1) {
    shown += 1;
    image("i0").src = `film/${shown}.jpg`;
    window.forget(image("i0"));
    queue("i0");
    await settle();
    const last = asked.length - 1;
    if (last >= 0) {
      await answer(last);
    }
    await pass(1000);
  }

  assert.ok(asked.length >= 4 && asked.length < 12, `${asked.length}`);
});

test("a picture that stays after many others is asked about at last", async () => {
  for (let shown = 0; shown < 20; shown += 1) {
    image("i0").src = `film/${shown}.jpg`;
    window.forget(image("i0"));
    queue("i0");
    await settle();
    await answer(asked.length - 1);
    await pass(100);
  }

  await pass(120_000);
  await answer(asked.length - 1, { alt: "the last", mark: null });

  assert.equal(image("i0").alt, "the last");
});

test("an image that a page replaces as soon as it has words is left alone in the end", async () => {
  let element = image("i0");
  queue("i0");
  await answer(0);
  let named = 0;
  for (let round = 0; round < 100; round += 1) {
    const clone = element.cloneNode();
    clone.removeAttribute("alt");
    element.replaceWith(clone);
    element = clone;
    queue("i0");
    await settle();
    named += clone.hasAttribute("alt") ? 1 : 0;
    now += 5;
  }

  assert.equal(asked.length, 1);
  assert.ok(named < 12, `${named}`);
});

test("a hundred images of one picture all get its words", async () => {
  queue("i0");
  await answer(0);
  for (let at = 0; at < 100; at += 1) {
    const copy = image("i0").cloneNode();
    copy.id = `copy${at}`;
    copy.removeAttribute("alt");
    window.document.body.append(copy);
    queue(copy.id);
    await settle();
  }

  assert.equal(asked.length, 1);
  assert.equal(window.document.querySelectorAll("[alt]").length, 101);
});

test("an answer for a picture that is gone is not written, and the new one is asked about", async () => {
  queue("i0");
  image("i0").src = "other.jpg";

  await answer(0);
  await settle();

  assert.equal(image("i0").hasAttribute("alt"), false);
  assert.equal(asked.length, 2);
});
