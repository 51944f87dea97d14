import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Captions } from "../../../extension/background/captions.js";
import { Connection } from "../../../extension/background/connection.js";
import { hostState } from "../../../extension/background/host_state.js";
import { ScriptedHost, assertCats, picture } from "./scripted_host.mjs";

const HOUR_MS = 3_600_000;

let host;
let captions;
let connection;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  host = new ScriptedHost();
  connection = new Connection(host.connect, "0.1.0");
  captions = new Captions(connection);
});

function ask(...pictures) {
  return pictures.map((one) => captions.ask(one, { tab: 7, page: 70 }));
}

function pass(milliseconds) {
  mock.timers.tick(milliseconds);
}

test("the host is greeted before it is asked", async () => {
  const [answer] = ask(picture("cat"));
  pass(0);
  const [hello] = host.port.sent;
  const early = host.port.captions.length;
  host.welcome();

  host.port.answer(host.port.captions[0]);

  assert.equal(early, 0);
  assert.equal(hello.type, "hello");
  assert.deepEqual(hello.versions, [1]);
  assertCats(await answer);
});

test("with no host at all, every picture is given up and nothing is tried for ever", async () => {
  const answers = ask(...["a", "b", "c", "d", "e", "f"].map((name) => picture(name)));
  pass(0);
  host.port.drop();
  pass(1000);
  host.port.drop();

  pass(HOUR_MS);

  assert.deepEqual(await Promise.all(answers), Array(6).fill(null));
  assert.equal(host.ports.length, 2);
});

test("the end of a port that was left already does not concern the next one", async () => {
  const [answer] = ask(picture("cat"));
  pass(0);
  pass(15_000);
  pass(1000);
  host.welcome();

  host.ports[0].drop();
  host.port.answer(host.port.captions[0]);

  assert.equal(host.ports.length, 2);
  assertCats(await answer);
});

test("while the host keeps failing, the port is opened less and less often", () => {
  let opened = 0;
  for (let second = 0; second < 3600; second += 1) {
    ask(picture(`picture ${second}`));
    pass(1000);
    if (host.ports.length > opened) {
      opened = host.ports.length;
      host.port.drop();
    }
  }

  assert.ok(opened > 30 && opened <= 130, `${opened}`);
});

test("a host that is back is asked again, and the waiting time starts short again", async () => {
  ask(picture("a"));
  for (let attempt = 0; attempt < 2; attempt += 1) {
    pass(HOUR_MS);
    host.port.drop();
  }
  ask(picture("b"));
  pass(HOUR_MS);
  host.welcome();

  host.port.drop();
  pass(250);

  assert.equal(host.ports.length, 4);
});

test("a host that does not welcome us in time is lost", async () => {
  const [answer] = ask(picture("cat"));
  pass(0);

  pass(15_000);
  pass(1000);
  host.welcome();
  host.port.answer(host.port.captions[0]);

  assert.ok(host.ports[0].disconnected);
  assertCats(await answer);
});

test("a host that speaks no common version is lost", async () => {
  const [answer] = ask(picture("cat"));
  pass(0);
  host.port.fail(host.port.sent[0], 204);
  pass(1000);

  host.port.fail(host.port.sent[0], 204);

  assert.ok(host.ports[0].disconnected);
  assert.equal(await answer, null);
});

test("a port that cannot be opened counts as lost", async () => {
  let tries = 0;
  captions = new Captions(
    new Connection(() => {
      tries += 1;
      throw new Error("no permission");
    }, "0.1.0"),
  );

  const [answer] = ask(picture("cat"));
  pass(HOUR_MS);
  pass(HOUR_MS);

  assert.equal(await answer, null);
  assert.equal(tries, 2);
});

for (const version of [0, 2]) {
  test(`a host of version ${version} is not asked, and the state says which side is older`, () => {
    ask(picture("cat"));
    pass(0);

    host.welcome({ version });

    assert.equal(host.port.captions.length, 0);
    assert.ok(host.port.disconnected);
    assert.equal(
      hostState(connection.welcome, null, connection.trouble).word,
      version < 1 ? "update-host" : "update-extension",
    );
  });
}

test("that there is a host again is told once, and only after there was none", () => {
  let told = 0;
  connection.onBack = () => {
    told += 1;
  };
  ask(picture("a"));
  pass(0);
  host.welcome();
  const first = told;
  host.port.drop();
  pass(1000);
  host.port.drop();
  ask(picture("b"));
  pass(HOUR_MS);
  host.welcome();

  assert.equal(first, 0);
  assert.equal(told, 1);
});

test("what a port says after it was left is not heard", async () => {
  const [answer] = ask(picture("cat"));
  pass(0);
  const [left] = host.ports;
  pass(15_000);
  pass(1000);

  left.say({ type: "welcome", id: left.sent[0].id, version: 1, limits: {} });
  left.fail(host.port.sent[0], 204);
  host.welcome();
  host.port.answer(host.port.captions[0]);

  assertCats(await answer);
});

test("why the host does not start is kept, in the host's own words, until it does", () => {
  const missing = { code: 404, message: "No model 'big'.", hint: "Run: altlens doctor" };
  ask(picture("cat"));
  pass(0);
  host.port.say({ type: "error", id: host.port.sent[0].id, name: "model_missing", ...missing });
  const refused = connection.trouble;
  pass(1000);
  host.port.drop();
  const lost = connection.trouble;
  ask(picture("dog"));
  pass(HOUR_MS);
  host.welcome();

  assert.deepEqual(refused, missing);
  assert.equal(lost?.code, 607);
  assert.equal(connection.trouble, null);
});

test("what the host says of its trouble is taken as text and nothing else", () => {
  ask(picture("cat"));
  pass(0);
  const said = { type: "error", id: host.port.sent[0].id, code: 500, message: { a: 1 } };

  host.port.say({ ...said, hint: "x".repeat(10_000) });

  assert.deepEqual(connection.trouble, { code: 500, message: "", hint: "x".repeat(500) });
});

test("what the user wishes is said in each greeting, and once more as soon as it changes", () => {
  connection.wishes = { keep_days: 30 };
  connection.greet();
  ask(picture("cat"));
  pass(0);
  host.welcome();

  connection.wishes = { warm: true };
  connection.greet();

  const [first, second, ...more] = host.port.sent.filter(({ type }) => type === "hello");
  assert.deepEqual([first.keep_days, first.warm], [30, undefined]);
  assert.deepEqual([second.keep_days, second.warm], [undefined, true]);
  assert.notEqual(first.id, second.id);
  assert.deepEqual(more, []);
});

test("a second welcome leaves what is asked as it is", async () => {
  const [answer] = ask(picture("cat"));
  pass(0);
  host.welcome();
  connection.greet();

  host.port.say({
    type: "welcome",
    id: host.port.sent.at(-1).id,
    version: 1,
    host_version: "2",
    model: "big",
    limits: { max_frame_bytes: 1_048_576, max_image_bytes: 1000 },
  });
  host.port.answer(host.port.captions[0]);

  assertCats(await answer);
  assert.equal(connection.welcome.model, "big");
  assert.equal(host.port.captions.length, 1);
});

test("how the host's workers are is read, and strange answers are none", async () => {
  connection.open();
  pass(0);
  host.welcome();
  const status = connection.ask({ type: "status" });
  const { id } = host.port.sent.at(-1);

  host.port.say({ type: "state", id, workers: "busy" });
  host.port.say({ type: "state", id, workers: [{ state: "loading" }, { state: 7 }, null] });

  assert.deepEqual(await status, { type: "state", id, workers: ["loading", "", ""] });
});
