/** What the toolbar button says of the host. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { sayOnButton } from "../../../extension/background/toolbar.js";

let said;

beforeEach(() => {
  said = {};
  globalThis.browser = {
    action: {
      setBadgeText: ({ text }) => (said.sign = text),
      setTitle: ({ title }) => (said.name = title),
    },
    i18n: { getMessage: (key) => key },
  };
});

const CHOSEN = { consent: true, paused: false };
const WELCOME = { host_version: "0.1.0", model: "lite" };

test("a host that does not start is named with the command that mends it", () => {
  sayOnButton({ welcome: null, trouble: { code: 607, message: "", hint: "" } }, CHOSEN);

  assert.deepEqual(said, { sign: "!", name: "altlens: hostMissing altlens install" });
});

test("a host of another version says which side to update", () => {
  const trouble = { code: 204, message: "The client speaks [1], the host [2].", hint: "" };

  sayOnButton({ welcome: null, trouble }, CHOSEN);

  assert.equal(said.sign, "!");
  assert.match(said.name, /hostUpdateExtension altlens update$/);
});

test("with a host the button has its own name and no sign", () => {
  sayOnButton({ welcome: WELCOME, trouble: null }, CHOSEN);

  assert.deepEqual(said, { sign: "", name: "extensionName" });
});

test("a pause and a missing consent stay on the button whatever becomes of the host", () => {
  for (const welcome of [WELCOME, null]) {
    sayOnButton({ welcome, trouble: null }, { consent: true, paused: true });
    assert.deepEqual(said, { sign: "", name: "actionPaused" });

    sayOnButton({ welcome, trouble: null }, { consent: false, paused: true });
    assert.deepEqual(said, { sign: "", name: "actionUndecided" });
  }
});

test("what only the user can mend goes before a pause, but not before the first page", () => {
  const trouble = { code: 607, message: "", hint: "" };

  sayOnButton({ welcome: null, trouble }, { consent: true, paused: true });
  assert.match(said.name, /hostMissing/);

  sayOnButton({ welcome: null, trouble }, { consent: false, paused: false });
  assert.deepEqual(said, { sign: "", name: "actionUndecided" });
});
