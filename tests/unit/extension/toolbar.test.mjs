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

const WELCOME = { host_version: "0.1.0", model: "lite" };

test("a host that does not start is named with the command that mends it", () => {
  sayOnButton({ welcome: null, trouble: { code: 607, message: "", hint: "" } });

  assert.deepEqual(said, { sign: "!", name: "altlens: hostMissing altlens install" });
});

test("a host of another version says which side to update", () => {
  const trouble = { code: 204, message: "The client speaks [1], the host [2].", hint: "" };

  sayOnButton({ welcome: null, trouble });

  assert.equal(said.sign, "!");
  assert.match(said.name, /hostUpdateExtension altlens update$/);
});

test("with a host the button has its own name and no sign", () => {
  sayOnButton({ welcome: WELCOME, trouble: null });

  assert.deepEqual(said, { sign: "", name: null });
});
