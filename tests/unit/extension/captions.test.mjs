import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Captions } from "../../../extension/background/captions.js";
import { Connection } from "../../../extension/background/connection.js";
import { ScriptedHost, assertCats, picture } from "./scripted_host.mjs";

const HOUR_MS = 3_600_000;
const REFUSED = { type: "refused" };

let host;
let captions;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  host = new ScriptedHost();
  captions = new Captions(new Connection(host.connect, "0.1.0"));
});

function ask(...pictures) {
  return pictures.map((one) => captions.ask(one, { tab: 7, page: 70 }));
}

function pass(milliseconds) {
  mock.timers.tick(milliseconds);
}

function open() {
  pass(0);
  host.welcome();
}

test("equal pictures are asked about once, but apart for private windows and who asks by hand", async () => {
  const all = [{}, { private: true }, { priority: "asked" }].map((one) => picture("cat", one));
  const answers = ask(...all, ...all);
  open();

  host.port.captions.forEach((one) => host.port.answer(one));

  assert.deepEqual(
    host.port.captions.map((one) => `${one.private} ${one.priority}`),
    ["false asked", "false near", "true near"],
  );
  assertCats(...(await Promise.all(answers)));
});

test("few pictures are in flight at once, and those in view go first", async () => {
  const near = ["a", "b", "c", "d", "e"].map((name) => picture(name));
  ask(...near, picture("f", { priority: "visible" }));
  open();
  const first = host.port.captions.map(({ priority }) => priority);

  host.port.answer(host.port.captions[0]);

  assert.deepEqual(first, ["visible", "near", "near", "near"]);
  assert.equal(host.port.captions.length, 5);
});

test("a picture that comes into view while it waits moves forward", async () => {
  ask(...["a", "b", "c", "d", "e"].map((name) => picture(name)));

  ask(picture("e", { priority: "visible" }));
  open();

  assert.equal(host.port.captions[0].image, btoa("e"));
});

test("a picture in flight when the port drops is asked about once more", async () => {
  const [answer] = ask(picture("cat"));
  open();
  host.port.drop();
  pass(1000);
  host.welcome();

  host.port.answer(host.port.captions[0]);

  assert.equal(host.ports.length, 2);
  assertCats(await answer);
});

test("a picture that loses the host twice is given up", async () => {
  const [answer] = ask(picture("cat"));
  open();
  host.port.drop();
  pass(1000);
  host.welcome();

  host.port.drop();
  pass(HOUR_MS);

  assert.equal(await answer, null);
  assert.equal(host.ports.length, 2);
});

test("a picture that only waits is not given up when others lose the host", async () => {
  const answers = ask(...["a", "b", "c", "d", "cat"].map((name) => picture(name)));
  open();
  for (let loss = 0; loss < 2; loss += 1) {
    host.port.drop();
    pass(1000);
    host.welcome();
  }

  host.port.answer(host.port.captions[0]);

  const outcomes = await Promise.all(answers);
  assert.deepEqual(outcomes.slice(0, 4), [null, null, null, null]);
  assertCats(outcomes[4]);
});

test("what was lost is asked about again in its order", () => {
  ask(picture("a"), picture("b"), picture("c"));
  open();

  host.port.drop();
  pass(1000);
  host.welcome();

  assert.deepEqual(
    host.port.captions.map(({ image }) => atob(image)),
    ["a", "b", "c"],
  );
});

test("an answer that does not come in time is cancelled and given up", async () => {
  const [answer, other] = ask(picture("cat"), picture("dog"));
  open();
  const [{ id }, { id: second }] = host.port.captions;
  pass(30_000);
  host.port.answer({ id: second });

  pass(30_000);
  host.port.answer({ id });

  assert.equal(await answer, null);
  assertCats(await other);
  assert.equal(host.port.sent.at(-1).type, "cancel");
  assert.equal(host.port.sent.at(-1).target, id);
});

test("a host that says nothing at all for a minute is dropped, and the next one asked", async () => {
  const [silent, waiting] = ask(picture("a"), picture("cat"));
  open();
  pass(60_000);
  const [{ disconnected }] = host.ports;
  pass(1000);
  host.welcome();

  host.port.answer(host.port.captions[0]);

  assert.ok(disconnected);
  assert.equal(await silent, null);
  assertCats(await waiting);
});

test("faults of the worker may pass, and are not the picture's", async () => {
  for (const code of [401, 404, 405, 407, 411, 500, 504]) {
    const [answer] = ask(picture(`picture ${code}`));
    open();

    host.port.fail(host.port.captions.at(-1), code);

    assert.equal(await answer, null);
  }
});

test("pictures that end the worker, take too long or are broken are refused", async () => {
  for (const code of [202, 206, 301, 306, 403, 406, 408]) {
    const [answer] = ask(picture(`picture ${code}`));
    open();

    host.port.fail(host.port.captions.at(-1), code);

    assert.deepEqual(await answer, REFUSED);
  }
});

test("a host that wishes for more pixels has answered, and is asked anew with another id", async () => {
  const [answer] = ask(picture("cat"));
  open();

  host.port.say({ type: "more_pixels", id: host.port.captions[0].id, side: 1024 });
  const outcome = await answer;
  ask(picture("sharper cat"));

  assert.deepEqual(outcome, { type: "more_pixels", side: 1024 });
  assert.notEqual(host.port.captions[0].id, host.port.captions[1].id);
});

test("what the user asks for by hand goes before everything", () => {
  ask(picture("a", { priority: "visible" }), picture("b"), picture("c", { priority: "asked" }));
  open();

  assert.deepEqual(
    host.port.captions.map(({ priority }) => priority),
    ["asked", "visible", "near"],
  );
});

test("a picture that is asked for by hand while it waits moves forward, and never back", () => {
  ask(...["a", "b", "c", "d", "e"].map((name) => picture(name)));

  ask(picture("e", { priority: "asked" }), picture("e"));
  open();

  assert.equal(host.port.captions[0].image, btoa("e"));
  assert.equal(host.port.captions[0].priority, "asked");
});

test("an answer that came in time is not cancelled later", () => {
  ask(picture("cat"));
  open();
  host.port.answer(host.port.captions[0]);

  pass(HOUR_MS);

  assert.equal(host.port.sent.at(-1).type, "caption");
});

test("a picture that was answered can be asked about again", () => {
  ask(picture("cat"));
  open();
  host.port.answer(host.port.captions[0]);

  ask(picture("cat"));

  assert.equal(host.port.captions.length, 2);
});

test("a host that is ending is asked again", async () => {
  const [answer] = ask(picture("cat"));
  open();
  host.port.fail(host.port.captions[0], 503);

  host.port.answer(host.port.captions[1]);

  assertCats(await answer);
});

test("a busy host is asked again later", async () => {
  const [answer] = ask(picture("cat"));
  open();
  host.port.fail(host.port.captions[0], 502);
  const atOnce = host.port.captions.length;

  pass(1000);
  host.port.answer(host.port.captions[1]);

  assert.equal(atOnce, 1);
  assertCats(await answer);
});

test("a host that stays busy is left in peace", async () => {
  const [answer] = ask(picture("cat"));
  open();

  for (let refused = 0; refused < host.port.captions.length; refused += 1) {
    host.port.fail(host.port.captions[refused], 502);
    pass(10_000);
  }

  assert.equal(await answer, null);
  assert.equal(host.port.captions.length, 7);
});

test("a picture on which the worker died is asked about once more", async () => {
  const [answer] = ask(picture("cat"));
  open();

  host.port.fail(host.port.captions[0], 402);
  host.port.fail(host.port.captions[1], 402);

  assert.equal(await answer, null);
  assert.equal(host.port.captions.length, 2);
});

test("any other fault is final for its picture, and only for it", async () => {
  const [bad, good] = ask(picture("bad"), picture("cat"));
  open();

  host.port.fail(host.port.captions[0], 301);
  host.port.answer(host.port.captions[1]);

  assert.deepEqual(await bad, REFUSED);
  assertCats(await good);
});

test("garbage from the host changes nothing", async () => {
  const [answer] = ask(picture("cat"));
  open();
  const { id } = host.port.captions[0];

  for (const garbage of [
    null,
    7,
    "result",
    [],
    {},
    { type: "result" },
    { type: "result", id: String(id), kind: "text", text: "x", model: "y" },
    { type: "result", id: id + 1, kind: "text", text: "x", model: "y" },
    { type: "error", id: null, code: 103 },
    { type: "progress", id, stage: "loading" },
    { type: "welcome", id, version: 1, limits: {} },
    { type: "surprise", id },
  ]) {
    host.port.say(garbage);
  }
  host.port.answer({ id });

  assertCats(await answer);
});

for (const nonsense of [
  { type: "result", kind: "described" },
  { type: "result", kind: "invented", text: "x", model: "y" },
  { type: "result", kind: "text", text: 7, model: "y" },
  { type: "error" },
  { type: "error", code: "301" },
  { type: "more_pixels" },
  { type: "more_pixels", side: 0 },
]) {
  test(`nobody waits any longer for an answer without sense: ${JSON.stringify(nonsense)}`, async () => {
    const [answer] = ask(picture("cat"));
    open();

    host.port.say({ ...nonsense, id: host.port.captions[0].id });

    assert.equal(await answer, null);
  });
}

test("a picture that is larger than the host takes is not sent", async () => {
  const [answer] = ask(picture("x", { size: 33_554_433 }));
  open();

  assert.deepEqual(await answer, REFUSED);
  assert.equal(host.port.captions.length, 0);
});

test("more pictures than can be kept are given up at once", async () => {
  const names = Array.from({ length: 257 }, (_, number) => `picture ${number}`);

  const answers = ask(...names.map((name) => picture(name)));

  assert.equal(await answers.at(-1), null);
});
