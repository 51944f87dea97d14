/** A native port whose other end is the test. */

import assert from "node:assert/strict";

const WELCOME = {
  type: "welcome",
  version: 1,
  limits: { max_frame_bytes: 1_048_576, max_image_bytes: 33_554_432 },
};

export class ScriptedHost {
  /** Every port that was opened, oldest first. */
  ports = [];

  connect = () => {
    const port = new ScriptedPort();
    this.ports.push(port);
    return port;
  };

  get port() {
    return /** @type {ScriptedPort} */ (this.ports.at(-1));
  }

  welcome(more = {}) {
    this.port.say({ ...WELCOME, ...more, id: this.port.sent[0].id });
  }
}

class ScriptedPort {
  /** @type {any[]} what the extension sent */
  sent = [];
  /** @type {((message: unknown) => void)[]} */
  #messageListeners = [];
  /** @type {(() => void)[]} */
  #disconnectListeners = [];
  disconnected = false;

  onMessage = { addListener: (listener) => this.#messageListeners.push(listener) };
  onDisconnect = { addListener: (listener) => this.#disconnectListeners.push(listener) };

  postMessage(message) {
    this.sent.push(structuredClone(message));
  }

  disconnect() {
    this.disconnected = true;
  }

  say(message) {
    this.#messageListeners.forEach((listener) => listener(message));
  }

  drop() {
    this.#disconnectListeners.forEach((listener) => listener());
  }

  get captions() {
    return this.sent.filter(({ type }) => type === "caption");
  }

  answer({ id }, text = "a cat") {
    this.say({ type: "result", id, kind: "described", text, model: "lite" });
  }

  fail({ id }, code) {
    this.say({ type: "error", id, code, name: "", message: "", hint: "" });
  }
}

/**
 * Asserts that pictures were described as `answer` describes them.
 * @param {any[]} outcomes
 */
export function assertCats(...outcomes) {
  for (const outcome of outcomes) {
    const { type, kind, text, model } = outcome ?? {};
    assert.deepEqual([type, kind, text, model], ["result", "described", "a cat", "lite"]);
  }
}

export function picture(name, more = {}) {
  const image = btoa(name);
  return { image, size: name.length, priority: "near", private: false, language: "en", ...more };
}
