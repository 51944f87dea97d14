/**
 * The one native port to the host: opened when it is needed, greeted, and opened again, later and
 * later, when it drops.
 *
 * Firefox reports a host that is missing, that crashed and that ended in the same way, as a
 * disconnect, and has no time-out of its own: so a host that does not welcome us in time is lost.
 */

import { Backoff } from "./backoff.js";
import { CLIENT, VERSION, VERSION_UNSUPPORTED, readReply } from "./protocol.js";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 60_000;
const WELCOME_MS = 15_000;

/**
 * What is wrong with the host: a code, what happened, and what to do, as the host or the altlens
 * command would say it.
 * @typedef {{ code: number, message: string, hint: string }} Trouble
 */

/**
 * Firefox does not tell a host that is missing from one that ends at once.
 * @type {Trouble}
 */
const NOT_STARTED = {
  code: 607,
  message: "The host process could not be started.",
  hint: "Run: altlens doctor",
};

/** @type {Omit<Trouble, "message">} */
const OTHER_VERSION = {
  code: VERSION_UNSUPPORTED,
  hint: "Update the older one of the extension and the host.",
};

/**
 * The part of runtime.Port that is used.
 * @typedef {object} NativePort
 * @property {{ addListener(listener: (message: unknown) => void): void }} onMessage
 * @property {{ addListener(listener: () => void): void }} onDisconnect
 * @property {(message: object) => void} postMessage
 * @property {() => void} disconnect
 */

/**
 * @typedef {import("./protocol.js").Result | import("./protocol.js").MorePixels
 *   | import("./protocol.js").Failure | import("./protocol.js").Unreadable} CaptionReply
 */

/**
 * @typedef {object} Listener
 * @property {() => void} onWelcome requests may be sent now
 * @property {(reply: CaptionReply) => void} onReply
 * @property {(welcomed: boolean) => void} onLost whether the host had welcomed us before
 */

/**
 * A request without its id.
 * @typedef {{ type: "status" | "cache_stats" | "cache_clear" | "cache_verify" }
 *   | { type: "cache_rotate", profile_key: string }
 *   | { type: "cache_forget", picture: string }} Question
 */

/**
 * @typedef {import("./protocol.js").Report | import("./protocol.js").State
 *   | import("./protocol.js").Failure | null} Answered
 */

/**
 * A question whose answer somebody waits for.
 * @typedef {object} Asked
 * @property {Question} question
 * @property {boolean} sent
 * @property {(reply: Answered) => void} resolve
 */

export class Connection {
  #connect;
  #version;
  #backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS);
  #nextId = 0;
  #earliest = 0;
  #helloId = -1;
  /** @type {NativePort | null} */
  #port = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Listener} */
  #listener = { onWelcome() {}, onReply() {}, onLost() {} };
  /** @type {Map<number, Asked>} */
  #asked = new Map();

  /**
   * The host's limits; null while there is no host to ask.
   * @type {import("./protocol.js").Limits | null}
   */
  limits = null;

  /**
   * What the host said of itself; null while there is none to ask.
   * @type {import("./protocol.js").Welcome | null}
   */
  welcome = null;

  /** Called when there is a host again after there was none. */
  onBack = () => {};

  /** Called when a host has welcomed us, and when one could not. */
  onState = () => {};

  /** When the host last said something. */
  heard = 0;

  /**
   * What else the host is told in each greeting.
   * @type {{ warm?: boolean, keep_days?: number }}
   */
  wishes = {};

  /**
   * Why there is no host to ask; null while there is one, or none was needed yet.
   * @type {Trouble | null}
   */
  trouble = null;

  /**
   * The key of the Firefox profile, in base64; null where there is none.
   * @type {string | null}
   */
  profileKey = null;

  /**
   * @param {() => NativePort} connect opens a port, and may throw
   * @param {string} version of the extension
   */
  constructor(connect, version) {
    this.#connect = connect;
    this.#version = version;
  }

  /** @param {Listener} listener hears all that happens from now on */
  listen(listener) {
    this.#listener = listener;
  }

  /** @returns {number} an id that no other request on this connection has */
  nextId() {
    this.#nextId += 1;
    return this.#nextId;
  }

  /** Gives up a host that says nothing any more; Firefox ends it. */
  drop() {
    this.#lose();
  }

  /** Opens the port, now or as soon as the waiting time of the last loss is over. */
  open() {
    if (this.#port === null && this.#timer === undefined) {
      const wait = Math.max(0, this.#earliest - Date.now());
      this.#timer = setTimeout(() => this.#start(), wait);
    }
  }

  /**
   * Sends a request; when that fails the connection is lost, which the listener hears.
   * @param {import("./protocol.js").Request} message
   */
  send(message) {
    try {
      this.#port?.postMessage(message);
    } catch {
      this.#lose();
    }
  }

  /**
   * Sends a question, when there is a host to ask, and waits for what it says.
   * @param {Question} question
   * @returns {Promise<Answered>}
   *   null where the host is lost before it answers, or there is none
   */
  ask(question) {
    const { promise, resolve } = Promise.withResolvers();
    this.#asked.set(this.nextId(), { question, sent: false, resolve });
    if (this.limits === null) {
      this.open();
    } else {
      this.#sendAsked();
    }
    return promise;
  }

  #sendAsked() {
    for (const [id, asked] of this.#asked) {
      if (!asked.sent) {
        asked.sent = true;
        this.send({ id, ...asked.question });
      }
    }
  }

  #start() {
    this.#timer = setTimeout(() => this.#lose(), WELCOME_MS);
    try {
      const port = this.#connect();
      this.#port = port;
      port.onMessage.addListener((message) => {
        if (this.#port === port) {
          this.#receive(message);
        }
      });
      port.onDisconnect.addListener(() => {
        if (this.#port === port) {
          this.#lose();
        }
      });
      this.#hello(port);
    } catch {
      this.#lose();
    }
  }

  /** Greets the host anew, which takes over what was wished meanwhile. */
  greet() {
    if (this.#port === null || this.limits === null) {
      return; // the next greeting says it
    }
    try {
      this.#hello(this.#port);
    } catch {
      this.#lose();
    }
  }

  /** @param {NativePort} port */
  #hello(port) {
    this.#helloId = this.nextId();
    port.postMessage({
      type: "hello",
      id: this.#helloId,
      versions: [VERSION],
      client: CLIENT,
      client_version: this.#version,
      ...(this.profileKey === null ? {} : { profile_key: this.profileKey }),
      ...this.wishes,
    });
  }

  /** @param {unknown} message */
  #receive(message) {
    const reply = readReply(message);
    if (reply === null) {
      return;
    }
    this.heard = Date.now();
    if (reply.id === this.#helloId) {
      this.#receiveWelcome(reply);
      return;
    }
    const asked = this.#asked.get(reply.id);
    switch (reply.type) {
      case "cache_report":
      case "state":
      case "error":
        if (asked) {
          this.#asked.delete(reply.id);
          asked.resolve(reply);
        } else if (reply.type === "error") {
          this.#listener.onReply(reply);
        }
        break;
      case "result":
      case "more_pixels":
      case "unreadable":
        this.#listener.onReply(reply);
    }
  }

  /** @param {import("./protocol.js").Reply} reply what the host answered to the greeting */
  #receiveWelcome(reply) {
    if (reply.type === "welcome") {
      this.#stopTimer();
      this.#backoff.reset();
      this.limits = reply.limits;
      this.welcome = reply;
      const isBack = this.trouble !== null;
      this.trouble = null;
      this.onState();
      if (isBack) {
        this.onBack();
      }
      this.#sendAsked();
      this.#listener.onWelcome();
    } else if (reply.type === "foreign") {
      const message = `The client speaks [${VERSION}], the host [${reply.version}].`;
      this.#lose({ ...OTHER_VERSION, message });
    } else if (reply.type === "error") {
      this.#lose({ code: reply.code, message: reply.message, hint: reply.hint });
    } else {
      this.#lose();
    }
  }

  /** @param {Trouble} trouble what kept the host from welcoming us, if it never did */
  #lose(trouble = NOT_STARTED) {
    const port = this.#port;
    const welcomed = this.limits !== null;
    this.trouble = welcomed ? null : trouble;
    this.#port = null;
    this.limits = null;
    this.welcome = null;
    this.#stopTimer();
    this.#earliest = Date.now() + this.#backoff.next();
    port?.disconnect();
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    asked.forEach(({ resolve }) => resolve(null));
    if (this.trouble !== null) {
      this.onState();
    }
    this.#listener.onLost(welcomed);
  }

  #stopTimer() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
