import assert from "node:assert/strict";
import { test } from "node:test";

import { Gone, isIn, placeOf } from "../../../extension/background/places.js";

const MOST = 2 ** 32 - 1;

test("no two documents have one number, in whatever tabs, and JavaScript counts it exactly", () => {
  const pages = [
    [1, 0],
    [1, MOST],
    [2, 0],
    [2, MOST],
    [2 ** 20 - 1, MOST],
  ].map(([tab, document]) => placeOf(tab, document).page);

  assert.equal(new Set(pages).size, pages.length);
  assert.ok(pages.every(Number.isSafeInteger));
});

test("a place is in its tab and in its page", () => {
  const place = placeOf(3, 9);

  assert.ok(isIn(place, { tab: 3 }));
  assert.ok(isIn(place, { page: place.page }));
  assert.ok(!isIn(place, { tab: 4 }));
  assert.ok(!isIn(place, { page: 9 }));
});

test("what went last is remembered, and no more than that", () => {
  const gone = new Gone();
  const places = Array.from({ length: 257 }, (_, number) => placeOf(number + 1, 9));

  places.forEach(({ page }) => gone.add({ page }));

  assert.ok(!gone.has(places[0]));
  assert.ok(places.slice(1).every((place) => gone.has(place)));
});
