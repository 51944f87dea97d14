import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Names } from "../../../extension/background/names.js";
import { Redirects } from "../../../extension/background/redirects.js";
import { DEFAULTS } from "../../../extension/background/settings_schema.js";
import { BrowserStorage } from "./browser_storage.mjs";

const PAGE = "https://example.org";

let storage;
let lookedUp;
let settings;
let redirects;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  storage = new BrowserStorage();
  lookedUp = { "wiki.example": ["10.0.0.1"], "example.com": ["93.184.216.34"] };
  settings = { ready: Promise.resolve(), current: { ...DEFAULTS, consent: true } };
  redirects = made();
});

function made(area = storage.local) {
  const dns = {
    resolve: async (name) => {
      if (!(name in lookedUp)) {
        throw new Error("NS_ERROR_OFFLINE");
      }
      return { addresses: lookedUp[name] };
    },
  };
  return new Redirects(area, new Names(dns), settings);
}

async function lead(requestId, ...urls) {
  await Promise.all(
    urls.slice(1).map((redirectUrl, at) => redirects.note({ requestId, url: urls[at], redirectUrl })),
  );
}

test("an address that led inside is known, also by another fragment", async () => {
  await lead("1", `${PAGE}/a`, "http://127.0.0.1/secret.png");

  assert.ok((await redirects.leadInside(`${PAGE}/a`)));
  assert.ok((await redirects.leadInside(`${PAGE}/a#altlens`)));
});

test("so is the first of several", async () => {
  await lead("1", `${PAGE}/a`, "https://example.com/b", "http://192.168.1.1/cam.jpg");

  assert.ok((await redirects.leadInside(`${PAGE}/a`)));
});

test("what leads elsewhere is not", async () => {
  await lead("1", `${PAGE}/a`, "https://example.com/b");
  await lead("2", `${PAGE}/c`, "http://10.0.0.1/d");

  assert.ok(!(await redirects.leadInside(`${PAGE}/a`)));
  assert.ok(!(await redirects.leadInside("https://example.com/b")));
});

test("what is known survives a suspension", async () => {
  await lead("1", `${PAGE}/a`, "http://127.0.0.1/secret.png");

  const next = made();
  await next.ready;

  assert.ok((await next.leadInside(`${PAGE}/a`)));
});

test("a page cannot fill the memory", async () => {
  for (let at = 0; at < 5000; at += 1) {
    await lead(String(at), `${PAGE}/${at}`, "http://127.0.0.1/");
  }

  assert.ok((await redirects.leadInside(`${PAGE}/4999`)));
  assert.equal(storage.items.redirects.length, 1000);
});

test("a storage that fails or holds nonsense costs nothing", async () => {
  const fails = () => Promise.reject(new Error("no storage"));
  const without = made({ get: fails, set: fails });
  const nonsense = made(new BrowserStorage({ redirects: [7, null, "https://a.example/"] }).local);
  await Promise.all([without.ready, nonsense.ready]);

  await without.note({ requestId: "1", url: `${PAGE}/a`, redirectUrl: "http://localhost/" });

  assert.ok((await without.leadInside(`${PAGE}/a`)));
  assert.ok((await nonsense.leadInside("https://a.example/")));
});

test("neither is a public name that belongs to this network, once Firefox has looked it up", async () => {
  delete lookedUp["wiki.example"];
  await lead("1", `${PAGE}/a`, "https://wiki.example/logo.png");
  const before = await redirects.leadInside(`${PAGE}/a`);

  lookedUp["wiki.example"] = ["93.184.216.34", "10.0.0.1"];

  assert.equal(before, false);
  assert.ok(await redirects.leadInside(`${PAGE}/a`));
  assert.ok(!(await redirects.leadInside("https://wiki.example/logo.png")));
});

test("such a name is known after a suspension, too, though nobody asked before", async () => {
  await lead("1", `${PAGE}/a`, "https://wiki.example/logo.png");
  mock.timers.tick(5000);
  await new Promise((resolve) => setImmediate(resolve));

  const next = made();
  await next.ready;

  assert.ok(await next.leadInside(`${PAGE}/a`));
});

for (const [name, current, incognito] of [
  ["before the user has agreed", { consent: false }, false],
  ["of private windows, unless they are allowed", { consent: true }, true],
]) {
  test(`nothing is noted ${name}`, async () => {
    settings.current = { ...DEFAULTS, ...current };

    await redirects.note({ requestId: "1", url: `${PAGE}/a`, redirectUrl: "http://127.0.0.1/", incognito });

    assert.ok(!(await redirects.leadInside(`${PAGE}/a`)));
    assert.deepEqual(storage.items, {});
  });
}
