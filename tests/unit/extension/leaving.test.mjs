import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Captions } from "../../../extension/background/captions.js";
import { Connection } from "../../../extension/background/connection.js";
import { ScriptedHost, assertCats, picture } from "./scripted_host.mjs";

const HOUR_MS = 3_600_000;
const HERE = { tab: 7, page: 70 };
const NEXT_PAGE = { tab: 7, page: 71 };
const OTHER_TAB = { tab: 8, page: 80 };

let host;
let captions;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  host = new ScriptedHost();
  captions = new Captions(new Connection(host.connect, "0.1.0"));
});

function ask(...pictures) {
  return askFrom(HERE, ...pictures);
}

function askFrom(place, ...pictures) {
  return pictures.map((one) => captions.ask(one, place));
}

function pass(milliseconds) {
  mock.timers.tick(milliseconds);
}

function open() {
  pass(0);
  host.welcome();
}

test("the host is told where a picture is shown", () => {
  ask(picture("cat"));
  open();

  const [{ tab, page }] = host.port.captions;

  assert.deepEqual({ tab, page }, HERE);
});

test("what a page that was left waits for is cancelled at the host, or never sent", async () => {
  const answers = ask(...["a", "b", "c", "d", "unsent"].map((name) => picture(name)));
  open();

  captions.leave({ page: HERE.page });
  const cancel = host.port.sent.at(-1);
  host.port.captions.forEach((one) => host.port.fail(one, 501));

  assert.deepEqual({ ...cancel, id: 0 }, { type: "cancel", id: 0, page: HERE.page });
  assert.deepEqual(await Promise.all(answers), [null, null, null, null, null]);
  assert.equal(host.port.captions.length, 4);
});

test("a closed tab takes all its pages with it, and no others", async () => {
  const gone = [...ask(picture("a")), ...askFrom(NEXT_PAGE, picture("b"))];
  const [stays] = askFrom(OTHER_TAB, picture("cat"));
  open();

  captions.leave({ tab: 7 });
  const [a, b, cat] = host.port.captions;
  [a, b].forEach((one) => host.port.fail(one, 501));
  host.port.answer(cat);

  assert.deepEqual(await Promise.all(gone), [null, null]);
  assertCats(await stays);
  assert.equal(host.port.captions.length, 3);
});

test("a picture that another page waits for too is sent again for that one", async () => {
  const [first] = ask(picture("cat"));
  const [second] = askFrom(OTHER_TAB, picture("cat"));
  open();
  captions.leave({ page: HERE.page });

  host.port.fail(host.port.captions[0], 501);
  host.port.answer(host.port.captions[1]);

  assert.equal(host.port.captions[1].page, OTHER_TAB.page);
  assertCats(await first, await second);
});

test("nothing is cancelled at the host where only those who joined have left", async () => {
  const [answer] = ask(picture("cat"));
  askFrom(OTHER_TAB, picture("cat"));
  open();

  captions.leave({ tab: OTHER_TAB.tab });
  host.port.answer(host.port.captions[0]);

  assertCats(await answer);
  assert.ok(host.port.sent.every(({ type }) => type !== "cancel"));
});

test("a picture that is asked for anew while it is being cancelled is sent again", async () => {
  ask(picture("cat"));
  open();
  captions.leave({ page: HERE.page });
  const [answer] = askFrom(NEXT_PAGE, picture("cat"));

  host.port.fail(host.port.captions[0], 501);
  host.port.answer(host.port.captions[1]);

  assertCats(await answer);
});

test("a question that was on its way when its page was left is not asked", async () => {
  captions.leave({ page: HERE.page });
  captions.leave({ tab: OTHER_TAB.tab });

  const answers = [...ask(picture("a")), ...askFrom(OTHER_TAB, picture("b"))];
  const [answer] = askFrom(NEXT_PAGE, picture("cat"));
  pass(0);
  host.welcome();
  host.port.answer(host.port.captions[0]);

  assert.deepEqual(await Promise.all(answers), [null, null]);
  assertCats(await answer);
  assert.equal(host.port.captions.length, 1);
});

test("what was left is not asked again of a busy host, nor of the next one", async () => {
  const answers = ask(picture("a"), picture("b"));
  open();
  host.port.fail(host.port.captions[0], 502);

  captions.leave({ page: HERE.page });
  host.port.drop();
  pass(HOUR_MS);

  assert.deepEqual(await Promise.all(answers), [null, null]);
  assert.equal(host.ports.length, 1);
});
