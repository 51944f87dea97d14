import assert from "node:assert/strict";
import { test } from "node:test";

import { readLeaving, readPolicyRequest, readQuestion } from "../../../extension/background/page_messages.js";

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16).buffer;
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0).buffer;
const REST = {
  type: "describe",
  priority: "visible",
  language: "de-CH",
  page: 7,
  readable: true,
  source: "https://example.org/a.jpg",
  beside: "A cup",
  sharper: false,
};

test("a picture's bytes are taken", () => {
  for (const bytes of [JPEG, PNG]) {
    assert.deepEqual(readQuestion({ ...REST, bytes }), { ...REST, bytes });
  }
});

test("an address is taken", () => {
  const question = { ...REST, priority: "near", url: "https://example.org/a.jpg" };

  assert.deepEqual(readQuestion(question), question);
});

test("fields that are not known are left behind", () => {
  const read = readQuestion({ ...REST, url: "data:,", private: false, id: 3 });

  assert.deepEqual(Object.keys(read ?? {}).sort(), [...Object.keys(REST), "url"].sort());
});

test("a language that is none is unknown", () => {
  for (const language of [undefined, 7, "", "a b", "x".repeat(36), "de\u202e"]) {
    assert.equal(readQuestion({ ...REST, bytes: JPEG, language })?.language, "");
  }
});

test("what is asked by hand is taken", () => {
  const question = { ...REST, bytes: JPEG, priority: "asked", request: 7 };

  assert.deepEqual(readQuestion(question), question);
});

test("a page is taken to know least where its content script says nothing clear", () => {
  for (const readable of [undefined, null, 1, "true", {}]) {
    assert.equal(readQuestion({ ...REST, bytes: JPEG, readable })?.readable, false);
  }
});

test("texts are cut, and what is no text is none", () => {
  const long = readQuestion({ ...REST, bytes: JPEG, source: "x".repeat(5000), beside: "y".repeat(5000) });
  const none = readQuestion({ ...REST, bytes: JPEG, source: 7, beside: {} });

  assert.deepEqual([long?.source.length, long?.beside.length], [2048, 1000]);
  assert.deepEqual([none?.source, none?.beside], ["", ""]);
});

const LARGE_JPEG = new Uint8Array(20 * 1024 * 1024 + 1);
LARGE_JPEG.set(new Uint8Array(JPEG));
const REFUSED = {
  nothing: undefined,
  null: null,
  "a string": "describe",
  "a list": [REST],
  "another type": { ...REST, type: "hello", bytes: JPEG },
  "no picture": REST,
  "no bytes": { ...REST, bytes: new ArrayBuffer(0) },
  "another file": { ...REST, bytes: Uint8Array.of(0x47, 0x49, 0x46, 0x38).buffer },
  "bytes of another kind": { ...REST, bytes: [0xff, 0xd8, 0xff] },
  "too many bytes": { ...REST, bytes: LARGE_JPEG.buffer },
  "asked by hand, but nobody asked": { ...REST, bytes: JPEG, priority: "asked" },
  "somebody asked, but not by hand": { ...REST, bytes: JPEG, request: 7 },
  "another priority": { ...REST, bytes: JPEG, priority: "urgent" },
  "no document": { ...REST, bytes: JPEG, page: undefined },
  "a document beyond its tab": { ...REST, bytes: JPEG, page: 2 ** 32 },
  "an address that is no string": { ...REST, url: {} },
  "an endless address": { ...REST, url: "x".repeat(28 * 1024 * 1024 + 1) },
};

for (const [name, message] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, () => {
    assert.equal(readQuestion(message), null);
  });
}

test("a document says that it is left", () => {
  assert.equal(readLeaving({ type: "leave", page: 0 }), 0);
  assert.equal(readLeaving({ type: "leave", page: 2 ** 32 - 1 }), 2 ** 32 - 1);
});

test("nothing else says that a document is left", () => {
  for (const page of [undefined, null, "7", -1, 1.5, NaN, 2 ** 32]) {
    assert.equal(readLeaving({ type: "leave", page }), null);
  }
  for (const message of [null, "leave", [], { type: "describe", page: 7 }]) {
    assert.equal(readLeaving(message), null);
  }
});

test("a document that asks what may be done in it says whether it was switched off", () => {
  assert.deepEqual(readPolicyRequest({ type: "policy" }), { off: false });
  assert.deepEqual(readPolicyRequest({ type: "policy", off: true }), { off: true });
  for (const off of ["true", 1, null, {}]) {
    assert.deepEqual(readPolicyRequest({ type: "policy", off }), { off: false });
  }
  for (const message of [null, "policy", { type: "describe" }, ["policy"]]) {
    assert.equal(readPolicyRequest(message), null);
  }
});
