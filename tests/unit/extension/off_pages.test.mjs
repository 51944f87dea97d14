import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { OffPages } from "../../../extension/background/off_pages.js";
import { BrowserStorage } from "./browser_storage.mjs";

let storage;
let pages;

beforeEach(() => {
  storage = new BrowserStorage();
  pages = new OffPages(storage.local);
});

test("a page is off in its tab alone, until it is switched on or left", async () => {
  await pages.set(3, true);

  assert.deepEqual([pages.has(3), pages.has(4), pages.has(undefined)], [true, false, false]);

  await pages.set(3, false);

  assert.equal(pages.has(3), false);
});

test("what is off stays off over a suspension", async () => {
  await pages.set(3, true);

  const next = new OffPages(storage.local);
  await next.ready;

  assert.equal(next.has(3), true);
});

test("a storage that fails or holds something else costs nothing", async () => {
  const fails = async () => Promise.reject(new Error("no storage"));
  const failing = new OffPages({ get: fails, set: fails });
  await failing.set(3, true);
  const strange = new OffPages(new BrowserStorage({ offPages: ["3", null] }).local);
  await strange.ready;

  assert.equal(failing.has(3), true);
  assert.equal(strange.has(3), false);
});
