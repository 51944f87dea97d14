import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Allowances } from "../../../extension/background/allowances.js";
import { Captions } from "../../../extension/background/captions.js";
import { Connection } from "../../../extension/background/connection.js";
import { Names } from "../../../extension/background/names.js";
import { Questions } from "../../../extension/background/questions.js";
import { Redirects } from "../../../extension/background/redirects.js";
import { Rejected, digestOf } from "../../../extension/background/rejected.js";
import { Requests } from "../../../extension/background/requests.js";
import { DEFAULTS } from "../../../extension/background/settings_schema.js";
import { BrowserStorage } from "./browser_storage.mjs";
import { ScriptedHost } from "./scripted_host.mjs";

const NOTHING = { alt: null, mark: null };
const PAGE = { tab: 7, frame: 0, url: "https://example.org/", incognito: false, isPublic: true };
const INSIDE = { ...PAGE, url: "http://192.168.1.1/", isPublic: false };
const BYTES = Uint8Array.of(0xff, 0xd8, 0xff, 1, 2, 3).buffer;
const QUESTION = {
  type: "describe",
  bytes: BYTES,
  priority: "visible",
  language: "en",
  page: 1,
  readable: true,
  source: "https://example.org/a.jpg",
  beside: "",
  sharper: false,
};
const SECRET = { kind: "text", text: "PIN 4711" };

// Node 24 does not have it yet; Firefox does.
Uint8Array.prototype.toBase64 ??= function toBase64() {
  return Buffer.from(this).toString("base64");
};

let host;
let settings;
let requests;
let rejected;
let lookedUp;
let redirects;
let told;
let downloads;
let questions;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  host = new ScriptedHost();
  settings = { ready: Promise.resolve(), current: { ...DEFAULTS, consent: true } };
  requests = new Requests();
  rejected = new Rejected(new BrowserStorage().local);
  lookedUp = {};
  const names = new Names({
    resolve: async (name, flags) => {
      assert.deepEqual(flags, ["offline"], "nothing is looked up in the network");
      return { addresses: lookedUp[name] };
    },
  });
  redirects = new Redirects(new BrowserStorage().local, names, settings);
  told = [];
  downloads = [];
  questions = new Questions({
    captions: new Captions(new Connection(host.connect, "0.1.0")),
    allowances: new Allowances(),
    settings,
    requests,
    rejected,
    redirects,
    names,
    answered: (request, result) => told.push([request, result?.text ?? null]),
    download: async (url, isPublic) => {
      downloads.push([url, isPublic]);
      return null;
    },
    ready: Promise.resolve(),
  });
});

/** Turns the event loop until something holds: digests are made on another thread. */
async function until(condition) {
  const deadline = performance.now() + 5000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, "it never came");
    mock.timers.tick(0);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Asks, has the host say something, and returns what the page hears. */
async function heard(question, said, asker = PAGE) {
  const before = asked();
  let settled = false;
  const answer = questions.answer({ ...QUESTION, ...question }, asker).finally(() => {
    settled = true;
  });
  await until(() => {
    if (host.ports.length > 0 && host.port.sent.length === 1) {
      host.welcome();
    }
    return settled || asked() > before;
  });
  if (!settled) {
    const { id } = host.port.captions.at(-1);
    host.port.say({ type: "result", id, level: "plain", model: "lite", language: "en", ...said });
  }
  return answer;
}

function asked() {
  return host.ports.flatMap((port) => port.captions).length;
}

test("a page that can read its picture hears all that is in it", async () => {
  assert.equal((await heard({}, SECRET)).alt, "Text: PIN 4711");
});

test("a page that cannot read the picture hears nothing that is written there", async () => {
  const text = await heard({ readable: false }, SECRET);
  const caption = await heard(
    { readable: false, bytes: Uint8Array.of(0xff, 0xd8, 0xff, 9).buffer },
    { kind: "described", text: 'a sign with 4711 that says "PIN"' },
  );

  assert.equal(text.alt, "Picture of text");
  assert.doesNotMatch(caption.alt, /\d|PIN/);
  assert.match(caption.alt, /sign/);
});

test("a picture from inside is not described on a page from outside, and nobody is asked", async () => {
  for (const source of ["http://192.168.1.1/cam.jpg", "http://localhost:8080/a.png", "http://nas.local/a"]) {
    assert.deepEqual(await heard({ source }, SECRET), NOTHING);
  }
  assert.deepEqual(await heard({ source: "", bytes: undefined, url: "http://10.0.0.1/a.png" }, SECRET), NOTHING);
  assert.equal(asked(), 0);
  assert.deepEqual(downloads, []);
});

test("neither is one whose address led inside", async () => {
  const url = "https://example.org/away";
  await redirects.note({ requestId: "1", url, redirectUrl: "http://127.0.0.1/secret.png" });

  assert.deepEqual(await heard({ source: url }, SECRET), NOTHING);
  assert.equal(asked(), 0);
});

for (const address of ["10.1.2.3", "::1", "fe80::1%eth0", "fd00::7", "::ffff:127.0.0.1"]) {
  test(`neither is one whose name Firefox knows to lead to ${address}, unless the page could read it`, async () => {
    lookedUp["wiki.example"] = ["93.184.216.34", address];
    const source = "https://wiki.example/logo.png";

    const unread = await heard({ source, readable: false }, SECRET);
    const before = asked();
    const read = await heard({ source }, SECRET);

    assert.deepEqual([unread, before], [NOTHING, 0]);
    assert.equal(read.alt, "Text: PIN 4711");
  });
}

test("one whose name is public, or was not looked up by Firefox, is described", async () => {
  lookedUp["cdn.example"] = ["93.184.216.34", "2606:2800:220:1::1"];

  const known = await heard({ source: "https://cdn.example/a", readable: false }, SECRET);
  const unknown = await heard({ source: "https://other.example/a", readable: false }, SECRET);

  assert.deepEqual([known.alt, unknown.alt], ["Picture of text", "Picture of text"]);
});

test("a picture from inside is described on a page from inside", async () => {
  const source = "http://192.168.1.1/cam.jpg";

  assert.equal((await heard({ source }, SECRET, INSIDE)).alt, "Text: PIN 4711");
});

test("of a picture from inside the user hears on request, and the page from outside nothing", async () => {
  const request = requests.open(7, false, "show");

  const answer = await heard({ source: "http://10.0.0.1/a", priority: "asked", request }, SECRET);

  assert.deepEqual(answer, NOTHING);
  assert.deepEqual(told, [[request, "PIN 4711"]]);
});

test("of a picture that the page cannot read the user hears all, and the page little", async () => {
  const request = requests.open(7, false, "show");

  const answer = await heard({ readable: false, priority: "asked", request }, SECRET);

  assert.equal(answer.alt, "Picture of text");
  assert.deepEqual(told, [[request, "PIN 4711"]]);
});

const FORBIDDEN = {
  "before the user has agreed": { consent: false },
  "while it is paused": { paused: true },
  "where it is switched off": { sites: { "example.org": "off" } },
  "where only what is asked for is described": { mode: "asked" },
};

for (const [name, change] of Object.entries(FORBIDDEN)) {
  test(`nothing is described by itself ${name}`, async () => {
    Object.assign(settings.current, change);

    assert.equal(await heard({}, SECRET), null);
    assert.equal(asked(), 0);
  });
}

test("a page cannot ask in the user's name", async () => {
  const elsewhere = requests.open(8, false, "show");
  const done = requests.open(7, false, "show");
  await heard({ priority: "asked", request: done }, SECRET);

  for (const request of [elsewhere, done, 12345]) {
    assert.deepEqual(await heard({ priority: "asked", request }, SECRET), NOTHING);
  }
  assert.equal(asked(), 1);
  assert.equal(told.length, 1);
});

test("nothing is described on request before the user has agreed", async () => {
  settings.current.consent = false;
  const request = requests.open(7, false, "show");

  assert.equal(await heard({ priority: "asked", request }, SECRET), null);
  assert.equal(asked(), 0);
});

test("a sharper picture is asked for once, and never too large", async () => {
  const wish = { type: "more_pixels", side: 9000 };

  assert.deepEqual(await heard({}, wish), { sharper: 2048 });
  assert.deepEqual(await heard({ sharper: true }, wish), NOTHING);
});

test("a sharper picture that was asked for by hand is the user's too", async () => {
  const request = requests.open(7, false, "show");
  const first = await heard({ priority: "asked", request }, { type: "more_pixels", side: 1024 });

  await heard({ priority: "asked", request, sharper: true }, SECRET);

  assert.deepEqual(first, { sharper: 1024 });
  assert.deepEqual(told, [[request, "PIN 4711"]]);
});

test("a picture whose description was taken away is left alone", async () => {
  await rejected.add(await digestOf(new Uint8Array(BYTES)), false);

  assert.deepEqual(await heard({}, SECRET), NOTHING);
  assert.equal(asked(), 0);
});

const BESIDE = [
  ["a cup of coffee", "A cup of coffee, by Ann", true],
  ["a cat on a mat", "A cat on a mat", true],
  ["two dogs", "My dog and two others", true],
  ["ein Hund im Garten", "Im Garten: ein Hund", true],
  ["a cat on a sofa", "My dog on the sofa", false],
  ["a red car", "The car of the year", false],
  ["a cup of coffee", "Breakfast", false],
  ["a cup of coffee", "", false],
];

for (const [text, beside, isRepeated] of BESIDE) {
  test(`below "${beside}" an image is ${isRepeated ? "not " : ""}called "${text}"`, async () => {
    const { alt } = await heard({ beside }, { kind: "described", text });

    assert.equal(alt, isRepeated ? null : text);
  });
}

test("a picture that cannot be described is left as it is, and the user told", async () => {
  const request = requests.open(7, false, "show");
  const failure = { type: "error", code: 301, message: "", hint: "" };

  assert.deepEqual(await heard({}, failure), NOTHING);
  assert.deepEqual(await heard({ priority: "asked", request }, failure), NOTHING);
  assert.deepEqual(told, [[request, null]]);
});

test("without a host there is no answer now, and the user is told", async () => {
  const request = requests.open(7, false, "show");
  const answer = questions.answer({ ...QUESTION, priority: "asked", request }, PAGE);
  for (let losses = 1; losses <= 2; losses += 1) {
    await until(() => host.ports.length === losses);
    host.port.drop();
    mock.timers.tick(1000);
  }

  assert.equal(await answer, null);
  assert.deepEqual(told, [[request, null]]);
});

test("a tab that asks for too much at once waits", async () => {
  const answers = Array.from({ length: 33 }, (_, at) =>
    questions.answer({ ...QUESTION, bytes: Uint8Array.of(0xff, 0xd8, 0xff, at).buffer }, PAGE),
  );

  assert.deepEqual(await answers[32], { later: 166 });
});

test("a download says whether the page is from outside", async () => {
  const url = "https://example.org/a.jpg";

  await heard({ bytes: undefined, url }, SECRET);
  await heard({ bytes: undefined, url }, SECRET, INSIDE);

  assert.deepEqual(downloads, [[url, true], [url, false]]);
});

test("a page that is off hears nothing of what its reader asks by hand, and the reader all", async () => {
  for (const [chosen, asker] of [[{ paused: true }, PAGE], [{}, { ...PAGE, off: true }]]) {
    settings.current = { ...DEFAULTS, consent: true, ...chosen };
    const request = requests.open(7, false, "show");

    const answer = await heard({ priority: "asked", request }, SECRET, asker);

    assert.deepEqual(answer, NOTHING);
    assert.deepEqual(told.at(-1), [request, "PIN 4711"]);
  }
});
