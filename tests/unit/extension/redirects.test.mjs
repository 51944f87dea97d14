import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Redirects } from "../../../extension/background/redirects.js";
import { BrowserStorage } from "./browser_storage.mjs";

const PAGE = "https://example.org";

let storage;
let redirects;

beforeEach(() => {
  storage = new BrowserStorage();
  redirects = new Redirects(storage.local);
});

function lead(requestId, ...urls) {
  urls.slice(1).forEach((redirectUrl, at) => redirects.note({ requestId, url: urls[at], redirectUrl }));
}

test("an address that led inside is known, also by another fragment", () => {
  lead("1", `${PAGE}/a`, "http://127.0.0.1/secret.png");

  assert.ok(redirects.leadInside(`${PAGE}/a`));
  assert.ok(redirects.leadInside(`${PAGE}/a#altlens`));
});

test("so is the first of several", () => {
  lead("1", `${PAGE}/a`, "https://example.com/b", "http://192.168.1.1/cam.jpg");

  assert.ok(redirects.leadInside(`${PAGE}/a`));
});

test("what leads elsewhere is not", () => {
  lead("1", `${PAGE}/a`, "https://example.com/b");
  lead("2", `${PAGE}/c`, "http://10.0.0.1/d");

  assert.ok(!redirects.leadInside(`${PAGE}/a`));
  assert.ok(!redirects.leadInside("https://example.com/b"));
});

test("what is known survives a suspension", async () => {
  lead("1", `${PAGE}/a`, "http://127.0.0.1/secret.png");

  const next = new Redirects(storage.local);
  await next.ready;

  assert.ok(next.leadInside(`${PAGE}/a`));
});

test("a page cannot fill the memory", () => {
  for (let at = 0; at < 5000; at += 1) {
    lead(String(at), `${PAGE}/${at}`, "http://127.0.0.1/");
  }

  assert.ok(redirects.leadInside(`${PAGE}/4999`));
  assert.equal(storage.items.redirects.length, 1000);
});

test("a storage that fails or holds nonsense costs nothing", async () => {
  const fails = () => Promise.reject(new Error("no storage"));
  const without = new Redirects({ get: fails, set: fails });
  const nonsense = new Redirects(new BrowserStorage({ redirects: [7, null, "https://a.example/"] }).local);
  await Promise.all([without.ready, nonsense.ready]);

  without.note({ requestId: "1", url: `${PAGE}/a`, redirectUrl: "http://localhost/" });

  assert.ok(without.leadInside(`${PAGE}/a`));
  assert.ok(nonsense.leadInside("https://a.example/"));
});
