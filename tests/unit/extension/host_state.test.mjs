import assert from "node:assert/strict";
import { test } from "node:test";

import { hostState } from "../../../extension/background/host_state.js";

const WELCOME = { host_version: "0.2.0", model: "lite" };
const trouble = (code, message = "") => ({ code, message, hint: "Run: altlens doctor" });
const state = (...workers) => ({ type: "state", id: 1, workers });

const CASES = [
  ["nothing is known yet", null, null, null, "starting"],
  ["it has welcomed us", WELCOME, null, null, "working"],
  ["its workers rest until they are needed", WELCOME, state("absent", "absent"), null, "working"],
  ["a model is ready", WELCOME, state("ready", "absent"), null, "working"],
  ["a model is being loaded", WELCOME, state("absent", "loading"), null, "loading"],
  ["a model failed again and again", WELCOME, state("resting", "absent"), null, "resting"],
  ["it cannot be started", null, null, trouble(607), "missing"],
  ["it says what is wrong with it", null, null, trouble(712), "broken"],
  ["it is older", null, null, trouble(204, "The client speaks [1], the host [0]."), "update-host"],
  ["it is newer", null, null, trouble(204, "The client speaks [1], the host [3, 2]."), "update-extension"],
  ["it does not say what it speaks", null, null, trouble(204, "No."), "update"],
];

for (const [name, welcome, status, wrong, word] of CASES) {
  test(`where ${name}, the host is ${word}`, () => {
    assert.equal(hostState(welcome, status, wrong).word, word);
  });
}

test("version, model, code and hint are handed on", () => {
  assert.deepEqual(hostState(WELCOME, null, null), {
    word: "working",
    version: "0.2.0",
    model: "lite",
    code: null,
    hint: "",
  });
  assert.equal(hostState(null, null, trouble(712)).code, 712);
});
