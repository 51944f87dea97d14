import assert from "node:assert/strict";
import { test } from "node:test";

import { nextKey, profileKey, useNextKey } from "../../../extension/background/profile_key.js";
import { Storage } from "./storage_area.mjs";

test("a profile has one key, of 32 bytes, for ever", async () => {
  const storage = new Storage();

  const key = await profileKey(storage);

  assert.equal(Buffer.from(key, "base64").length, 32);
  assert.equal(await profileKey(storage), key);
  assert.deepEqual(Object.values(storage.items), [key]);
});

test("no two profiles have the same key", async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => profileKey(new Storage())));

  assert.equal(new Set(keys).size, 20);
});

test("what is no key is replaced by one", async () => {
  const storage = new Storage();
  for (const wrong of ["", "short", 7, null, "A".repeat(44)]) {
    storage.items.profileKey = wrong;

    const key = await profileKey(storage);

    assert.equal(Buffer.from(key, "base64").length, 32);
    assert.equal(storage.items.profileKey, key);
  }
});

test("a key that cannot be kept is not used", async () => {
  const full = Object.assign(new Storage(), { full: true });
  const forgetful = Object.assign(new Storage(), { forgets: true });

  assert.equal(await profileKey(full), null);
  assert.equal(await profileKey(forgetful), null);
});

test("the next key stays the same until it is used, and is then the profile's key", async () => {
  const storage = new Storage();
  const key = await profileKey(storage);

  const next = await nextKey(storage);
  const again = await nextKey(storage);
  await useNextKey(storage, next);

  assert.equal(again, next);
  assert.notEqual(next, key);
  assert.equal(await profileKey(storage), next);
  assert.notEqual(await nextKey(storage), next);
});
