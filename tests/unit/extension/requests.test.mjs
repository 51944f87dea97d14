import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Rejected, digestOf } from "../../../extension/background/rejected.js";
import { Requests } from "../../../extension/background/requests.js";
import { readUiMessage } from "../../../extension/background/ui_messages.js";
import { BrowserStorage } from "./browser_storage.mjs";

const SENDER = { tab: 7, frame: 0, digest: "d", sharper: false };

let requests;

beforeEach(() => {
  requests = new Requests();
});

test("a dialog hears how its request is, and all that comes of it", () => {
  const number = requests.open(7, false, "why");
  const heard = [];

  requests.follow(number, ({ state, purpose }) => heard.push([state, purpose]));
  requests.tell(number, { state: "failed", failure: "no-image" });

  assert.deepEqual(heard, [["working", "why"], ["failed", "why"]]);
});

test("a dialog that opens late hears what was told before", () => {
  const number = requests.open(7, false, "show");
  requests.tell(number, { state: "answered", result: { text: "a cat" } });
  let heard;

  requests.follow(number, (shown) => (heard = shown));

  assert.equal(heard.result.text, "a cat");
});

test("only the tab in which the user asked may ask, and only once", () => {
  const number = requests.open(7, false, "show");

  assert.equal(requests.claim(number, { ...SENDER, tab: 8 }), false);
  assert.equal(requests.claim(number + 1, SENDER), false);
  assert.equal(requests.claim(number, SENDER), true);
  assert.equal(requests.claim(number, { ...SENDER, frame: 3 }), false);
  assert.equal(requests.get(number).frame, 0);
});

test("a sharper picture is the same frame's, and is known too, whatever often it comes", () => {
  const number = requests.open(7, false, "show");
  const sharper = { ...SENDER, digest: "e", sharper: true };

  assert.equal(requests.claim(number, sharper), false);
  assert.equal(requests.claim(number, SENDER), true);
  assert.equal(requests.claim(number, { ...sharper, frame: 3 }), false);
  assert.equal(requests.claim(number, { ...sharper, tab: 8 }), false);
  assert.equal(requests.claim(number, { ...sharper, digest: "f" }), true);
  assert.equal(requests.claim(number, sharper), true);
  assert.deepEqual(requests.get(number).digests, ["d", "e"]);
});

test("nobody follows a request that was closed or never made", () => {
  const number = requests.open(7, false, "show");
  requests.close(number);

  assert.equal(requests.follow(number, () => assert.fail()), false);
  requests.tell(number, { state: "failed" });
});

test("old requests are forgotten where there are many", () => {
  const numbers = Array.from({ length: 33 }, () => requests.open(7, false, "show"));

  assert.equal(requests.get(numbers[0]), undefined);
  assert.ok(requests.get(numbers[1]));
  assert.equal(new Set(numbers).size, 33);
});

test("a rejected picture is known in later sessions, but that of a private window is not", async () => {
  const storage = new BrowserStorage();
  const rejected = new Rejected(storage.local);
  const [seen, secret] = await Promise.all([1, 2].map((one) => digestOf(new Uint8Array([one]))));
  await rejected.add(seen, false);
  await rejected.add(secret, true);

  const later = new Rejected(storage.local);
  await later.ready;

  assert.deepEqual([rejected.has(seen, false), rejected.has(seen, true)], [true, true]);
  assert.deepEqual([rejected.has(secret, true), rejected.has(secret, false)], [true, false]);
  assert.deepEqual([later.has(seen, false), later.has(secret, true)], [true, false]);
});

test("clearing the memory forgets what was rejected", async () => {
  const storage = new BrowserStorage();
  const rejected = new Rejected(storage.local);
  const digest = await digestOf(new Uint8Array([1]));
  await rejected.add(digest, false);

  await rejected.clear();

  assert.equal(rejected.has(digest, false), false);
  assert.deepEqual(storage.items.rejected, []);
});

test("a storage with nonsense in it rejects nothing", async () => {
  const rejected = new Rejected(new BrowserStorage({ rejected: [7, "x", null, "<script>"] }).local);
  await rejected.ready;

  assert.equal(rejected.has("x", false), false);
});

const MESSAGES = [
  [{ type: "host", more: 1 }, { type: "host" }],
  [{ type: "described", tab: 3 }, { type: "described", tab: 3 }],
  [{ type: "ask", tab: 3, target: "first" }, { type: "ask", tab: 3, target: "first" }],
  [{ type: "ask", tab: 3, target: "all" }, null],
  [{ type: "is-off", tab: 3 }, { type: "is-off", tab: 3 }],
  [{ type: "switch-page", tab: 3, off: true }, { type: "switch-page", tab: 3, off: true }],
  [{ type: "switch-page", tab: 3 }, null],
  [{ type: "described", tab: "3" }, null],
  [{ type: "other", tab: 3 }, null],
  ["host", null],
  [null, null],
];

for (const [message, expected] of MESSAGES) {
  test(`the background reads ${JSON.stringify(message)} from its own pages`, () => {
    assert.deepEqual(readUiMessage(message), expected);
  });
}
