import assert from "node:assert/strict";
import { test } from "node:test";

import { Backoff } from "../../../extension/background/backoff.js";

test("waits double with each failure, up to the longest", () => {
  const backoff = new Backoff(100, 350, () => 1);

  const waits = [backoff.next(), backoff.next(), backoff.next(), backoff.next()];

  assert.deepEqual(waits, [100, 200, 350, 350]);
});

test("waits are scattered between half and all of the full time", () => {
  const shortest = new Backoff(100, 350, () => 0);
  const middle = new Backoff(100, 350, () => 0.5);

  assert.equal(shortest.next(), 50);
  assert.equal(middle.next(), 75);
});

test("after a success the first wait is short again", () => {
  const backoff = new Backoff(100, 350, () => 1);
  backoff.next();
  backoff.next();

  backoff.reset();

  assert.equal(backoff.next(), 100);
});
