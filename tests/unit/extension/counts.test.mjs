import assert from "node:assert/strict";
import { test } from "node:test";

import { Counts } from "../../../extension/background/counts.js";

test("what the frames of a tab say is added up, and said anew each time", async () => {
  let said = [[0, 3], [4, 2]];
  const counts = new Counts(async (tab) => {
    said.forEach(([frame, count]) => counts.note({ tab, frame }, count));
  });

  assert.equal(await counts.of(1), 5);
  said = [[0, 1]];
  assert.equal(await counts.of(1), 1);
});

test("a frame that is later than the first counts too, another tab's does not", async () => {
  const counts = new Counts(async (tab) => {
    counts.note({ tab, frame: 0 }, 1);
    setTimeout(() => counts.note({ tab, frame: 2 }, 4), 10);
    counts.note({ tab: tab + 1, frame: 0 }, 8);
  });

  assert.equal(await counts.of(1), 5);
});

test("a page into which Firefox lets no extension has none described", async () => {
  const counts = new Counts(() => Promise.reject(new Error("no receiver")));

  assert.equal(await counts.of(1), 0);
});
