import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Allowances } from "../../../extension/background/allowances.js";

const MINUTE_MS = 60_000;

let now;
let allowances;

beforeEach(() => {
  now = 1_000_000;
  allowances = new Allowances(() => now);
});

/** Asks as often as it may for a time; returns how often that was. */
function askFor(milliseconds, free = false) {
  const end = now + milliseconds;
  let asked = 0;
  while (now < end) {
    const wait = allowances.take(7);
    if (wait === 0) {
      asked += 1;
      allowances.giveBack(7, free);
      now += 1;
    } else {
      now += wait;
    }
  }
  return asked;
}

test("a page of many pictures is not held up", () => {
  for (let asked = 0; asked < 50; asked += 1) {
    assert.equal(allowances.take(7), 0);
    allowances.giveBack(7, false);
  }
});

test("few questions of a tab are open at once", () => {
  for (let asked = 0; asked < 32; asked += 1) {
    assert.equal(allowances.take(7), 0);
  }

  const refused = allowances.take(7);
  allowances.giveBack(7, true);

  assert.ok(refused > 0);
  assert.equal(allowances.take(7), 0);
});

test("a page that makes pictures for ever gets less and less", () => {
  const minutes = Array.from({ length: 30 }, () => askFor(MINUTE_MS));

  assert.ok(minutes[0] > 250 && minutes[0] < 420, `${minutes[0]}`);
  assert.ok(minutes[29] <= 24, `${minutes[29]}`);
  assert.ok(minutes.reduce((sum, one) => sum + one) < 2500);
});

test("what the host remembers costs nothing", () => {
  assert.ok(askFor(MINUTE_MS, true) > 10_000);
});

test("a tab that has rested may ask as at first", () => {
  askFor(30 * MINUTE_MS);

  now += 50 * 5312 + 1;

  assert.ok(askFor(MINUTE_MS) > 250);
});

test("one tab takes nothing from another, and a closed one is forgotten", () => {
  askFor(30 * MINUTE_MS);
  const other = allowances.take(8);

  allowances.forget(7);

  assert.equal(other, 0);
  assert.equal(allowances.take(7), 0);
});

test("a clock that is set back gives nothing and takes nothing", () => {
  assert.equal(allowances.take(7), 0);

  now -= 10 * MINUTE_MS;

  assert.equal(allowances.take(7), 0);
});
