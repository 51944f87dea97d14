import assert from "node:assert/strict";
import { test } from "node:test";

import { readSender } from "../../../extension/background/senders.js";

const OWN = "altlens@altlens";
const TAB = { id: 7, url: "https://example.org/", incognito: false };
const SENDER = { id: OWN, frameId: 3, url: "https://example.org/a", origin: "https://example.org", tab: TAB };

test("who asks is known by what Firefox says", () => {
  assert.deepEqual(readSender(SENDER, OWN), {
    tab: 7,
    frame: 3,
    url: "https://example.org/",
    incognito: false,
    isPublic: true,
  });
});

test("nobody else is heard", () => {
  for (const change of [{ id: "other@other" }, { id: undefined }, { tab: undefined }, { frameId: undefined }, { tab: { incognito: false } }]) {
    assert.equal(readSender({ ...SENDER, ...change }, OWN), null);
  }
});

const PLACES = [
  ["a page from outside", "https://example.org/a", "https://example.org", true],
  ["a page from inside", "http://192.168.1.1/a", "http://192.168.1.1", false],
  ["a frame from inside in a page from outside", "http://printer/", "http://printer", false],
  ["about:blank of a page from inside", "about:blank", "http://printer.local", false],
  ["about:srcdoc of a page from outside", "about:srcdoc", "https://example.org", true],
  ["a sandbox at an address from inside", "http://printer/", "null", false],
  ["a sandbox without an address in a page from outside", "about:srcdoc", "null", true],
  ["a data: document in a page from outside", "data:text/html,x", "null", true],
  ["a file", "file:///home/a.html", "file://", true],
];

for (const [name, url, origin, isPublic] of PLACES) {
  test(`${isPublic ? "outside" : "inside"}: ${name}`, () => {
    assert.equal(readSender({ ...SENDER, url, origin }, OWN)?.isPublic, isPublic);
  });
}
