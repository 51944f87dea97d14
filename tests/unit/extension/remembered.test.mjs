import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Connection } from "../../../extension/background/connection.js";
import { profileKey } from "../../../extension/background/profile_key.js";
import { Remembered } from "../../../extension/background/remembered.js";
import { ScriptedHost } from "./scripted_host.mjs";
import { Storage } from "./storage_area.mjs";

let host;
let storage;
let connection;
let remembered;
let key;

beforeEach(async () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  host = new ScriptedHost();
  storage = new Storage();
  key = await profileKey(storage);
  connection = new Connection(host.connect, "0.1.0");
  connection.profileKey = key;
  remembered = new Remembered(connection, storage);
});

/** Lets every promise that can go on do so. */
async function settle() {
  for (let turn = 0; turn < 20; turn += 1) {
    await Promise.resolve();
  }
}

async function welcome() {
  await settle();
  mock.timers.tick(0);
  host.welcome();
}

function asked(type) {
  return host.port.sent.filter((message) => message.type === type);
}

async function report(type, counts) {
  await settle();
  const { id } = asked(type).at(-1);
  host.port.say({ type: "cache_report", id, report: counts });
  await settle();
}

test("the host hears the key with its first message", async () => {
  remembered.count();
  await welcome();

  assert.equal(host.port.sent[0].type, "hello");
  assert.equal(host.port.sent[0].profile_key, key);
});

test("without a key the host is greeted without one", async () => {
  connection.profileKey = null;
  remembered.count();
  await welcome();

  assert.equal("profile_key" in host.port.sent[0], false);
});

test("the host's report is passed on", async () => {
  const counted = remembered.count();
  await welcome();
  await report("cache_stats", { entries: 7 });
  const verified = remembered.verify();
  await report("cache_verify", { entries: 7, broken: 0 });

  assert.deepEqual(await counted, { entries: 7 });
  assert.deepEqual(await verified, { entries: 7, broken: 0 });
});

test("a refusal, a lost host and no host at all are no report", async () => {
  const refused = remembered.count();
  await welcome();
  await settle();
  host.port.fail(asked("cache_stats")[0], 706);
  const lost = remembered.verify();
  await settle();
  host.port.drop();
  const none = remembered.count();
  mock.timers.tick(1000);
  await settle();
  host.port.drop();

  assert.deepEqual(await Promise.all([refused, lost, none]), [null, null, null]);
});

test("forgetting empties the host's file and takes a new key", async () => {
  const forgotten = remembered.forget();
  await welcome();
  await report("cache_clear", { removed: 3 });
  const [{ profile_key: next }] = asked("cache_rotate");
  await report("cache_rotate", { entries: 0 });

  assert.deepEqual(await forgotten, { removed: 3 });
  assert.notEqual(next, key);
  assert.equal(await profileKey(storage), next);
  assert.equal(connection.profileKey, next);
});

test("what the host did not forget is not said to be forgotten", async () => {
  const forgotten = remembered.forget();
  await welcome();
  await settle();
  host.port.fail(asked("cache_clear")[0], 701);

  assert.equal(await forgotten, null);
  assert.equal(await profileKey(storage), key);
});

test("a change of the key that broke off goes on with the same new key", async () => {
  const broken = remembered.changeKey();
  await welcome();
  await settle();
  const [{ profile_key: next }] = asked("cache_rotate");
  host.port.drop();
  const kept = [await broken, await profileKey(storage)];

  const resumed = new Remembered(connection, storage).resume();
  await settle();
  mock.timers.tick(1000);
  host.welcome();
  await report("cache_rotate", { entries: 5 });
  await resumed;

  assert.deepEqual(kept, [null, key]);
  assert.equal(asked("cache_rotate")[0].profile_key, next);
  assert.equal(await profileKey(storage), next);
});

test("where no change broke off, none is made", async () => {
  await remembered.resume();

  assert.equal(host.ports.length, 0);
  assert.equal(await profileKey(storage), key);
});
