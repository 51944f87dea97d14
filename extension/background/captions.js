/**
 * Asks the host what pictures show: each picture once at a time (twice where it is also asked for
 * by hand), few at once, and again when the host was lost on the way. What nobody waits for any
 * more is cancelled.
 */

import { answerFrom } from "./answer.js";
import { Backoff } from "./backoff.js";
import { captionFrames } from "./frames.js";
import { Gone, isIn } from "./places.js";
import { BUSY, CANCELLED, SHUTTING_DOWN, WORKER_DIED, isAboutPicture } from "./protocol.js";

const MAX_IN_FLIGHT = 4;
const MAX_ENTRIES = 256;
const ANSWER_MS = 60_000;
const CHANCES = 2;
const BUSY_TRIES = 6;
const BUSY_FIRST_MS = 500;
const BUSY_LONGEST_MS = 8_000;
/** @type {import("./protocol.js").Priority[]} */
const MOST_URGENT_FIRST = ["asked", "visible", "near"];

/** @type {Outcome} */
const REFUSED = { type: "refused" };

/** @typedef {import("./answer.js").Answer} Answer */
/**
 * What becomes of a question: an answer; the wish for a sharper picture; `refused`: the picture
 * cannot be described; null: the host could not be asked, and may be later.
 * @typedef {Answer | { type: "more_pixels", side: number } | { type: "refused" } | null} Outcome
 */
/** @typedef {import("./frames.js").Picture} Picture */
/** @typedef {import("./places.js").Place} Place */

/**
 * A picture that is not answered yet.
 * @typedef {object} Entry
 * @property {string} key
 * @property {Picture} picture
 * @property {Place[]} places who waits for it; the host is told the first
 * @property {number} chances tries that are left, should the host be lost
 * @property {number} busy how often the host had no room
 * @property {Backoff} backoff
 * @property {Promise<Outcome>} answer
 * @property {(outcome: Outcome) => void} resolve
 * @property {number} sent when it was sent last
 * @property {ReturnType<typeof setTimeout>} [timer]
 */

export class Captions {
  #connection;
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {Entry[]} */
  #waiting = [];
  /** @type {Map<number, Entry>} */
  #inFlight = new Map();
  #gone = new Gone();

  /** @param {import("./connection.js").Connection} connection */
  constructor(connection) {
    this.#connection = connection;
    connection.listen({
      onWelcome: () => this.#pump(),
      onReply: (reply) => this.#take(reply),
      onLost: (welcomed) => this.#lost(welcomed),
    });
  }

  /**
   * @param {Picture} picture
   * @param {Place} place where it is shown
   * @returns {Promise<Outcome>}
   */
  ask(picture, place) {
    if (this.#gone.has(place)) {
      return Promise.resolve(null);
    }
    // Apart for private and normal windows: one must not learn from the other's speed what it
    // has seen. And apart for who asks by hand: all that is written is read for them alone.
    const byHand = picture.priority === "asked";
    const key = `${picture.private} ${picture.sharp === true} ${byHand} ${picture.image}`;
    const known = this.#entries.get(key);
    if (known) {
      known.picture.priority = moreUrgent(known.picture.priority, picture.priority);
      known.places.push(place);
      return known.answer;
    }
    if (this.#entries.size >= MAX_ENTRIES) {
      return Promise.resolve(null);
    }
    const { promise, resolve } = Promise.withResolvers();
    /** @type {Entry} */
    const entry = {
      key,
      picture,
      places: [place],
      chances: CHANCES,
      busy: 0,
      backoff: new Backoff(BUSY_FIRST_MS, BUSY_LONGEST_MS),
      answer: promise,
      resolve,
      sent: 0,
    };
    this.#entries.set(key, entry);
    this.#waiting.push(entry);
    this.#pump();
    return promise;
  }

  /**
   * Gives up what only a tab that was closed, or a page that was left, waits for.
   * @param {Partial<Place>} left
   */
  leave(left) {
    this.#gone.add(left);
    const sent = [...this.#inFlight.values()].some(
      ({ places }) => places.length > 0 && isIn(places[0], left),
    );
    for (const entry of this.#entries.values()) {
      entry.places = entry.places.filter((place) => !isIn(place, left));
    }
    if (sent) {
      // A picture that another page waits for too is cancelled with the others, and sent again.
      this.#connection.send({ type: "cancel", id: this.#connection.nextId(), ...left });
    }
    this.#pump();
  }

  #pump() {
    for (const entry of this.#waiting.filter(({ places }) => places.length === 0)) {
      this.#settle(entry, null);
    }
    this.#waiting = this.#waiting.filter(({ places }) => places.length > 0);
    if (this.#waiting.length > 0 && this.#connection.limits === null) {
      this.#connection.open();
    }
    while (
      this.#waiting.length > 0 &&
      this.#inFlight.size < MAX_IN_FLIGHT &&
      this.#connection.limits !== null
    ) {
      const [priority] = MOST_URGENT_FIRST.filter((one) =>
        this.#waiting.some(({ picture }) => picture.priority === one),
      );
      const next = this.#waiting.findIndex(({ picture }) => picture.priority === priority);
      const [entry] = this.#waiting.splice(next, 1);
      this.#send(entry, this.#connection.limits);
    }
  }

  /**
   * @param {Entry} entry
   * @param {import("./protocol.js").Limits} limits
   */
  #send(entry, limits) {
    if (entry.picture.size > limits.max_image_bytes) {
      this.#settle(entry, REFUSED);
      return;
    }
    const id = this.#connection.nextId();
    this.#inFlight.set(id, entry);
    entry.sent = Date.now();
    entry.timer = setTimeout(() => this.#timeOut(id), ANSWER_MS);
    for (const frame of captionFrames(id, entry.picture, entry.places[0], limits)) {
      this.#connection.send(frame);
    }
  }

  /** @param {number} id */
  #timeOut(id) {
    const entry = this.#land(id);
    if (!entry) {
      return;
    }
    this.#settle(entry, null);
    if (this.#connection.heard <= entry.sent) {
      // It said nothing at all meanwhile: it hangs.
      this.#connection.drop();
      return;
    }
    this.#connection.send({ type: "cancel", id: this.#connection.nextId(), target: id });
    this.#pump();
  }

  /** @param {import("./connection.js").CaptionReply} reply */
  #take(reply) {
    const entry = this.#land(reply.id);
    if (!entry) {
      return;
    }
    if (reply.type === "result") {
      this.#settle(entry, answerFrom(reply));
    } else if (reply.type === "more_pixels") {
      this.#settle(entry, { type: "more_pixels", side: reply.side });
    } else if (reply.type === "unreadable" || entry.places.length === 0) {
      this.#settle(entry, null);
    } else if (reply.code === CANCELLED) {
      this.#waiting.unshift(entry);
    } else if (reply.code === BUSY && entry.busy < BUSY_TRIES) {
      entry.busy += 1;
      setTimeout(() => {
        this.#waiting.push(entry);
        this.#pump();
      }, entry.backoff.next());
    } else if (reply.code === WORKER_DIED || reply.code === SHUTTING_DOWN) {
      this.#again([entry]);
    } else {
      this.#settle(entry, isAboutPicture(reply.code) ? REFUSED : null);
    }
    this.#pump();
  }

  /** @param {boolean} welcomed */
  #lost(welcomed) {
    const sent = [...this.#inFlight.keys()].map((id) => /** @type {Entry} */ (this.#land(id)));
    // With no host at all, those that wait cannot be asked either.
    const unsent = welcomed ? [] : this.#waiting.splice(0);
    this.#again([...sent, ...unsent]);
    this.#pump();
  }

  /**
   * Puts entries back before all others, but not those whose chances are used up.
   * @param {Entry[]} entries in their order
   */
  #again(entries) {
    for (const entry of entries.reverse()) {
      entry.chances -= 1;
      if (entry.chances > 0 && entry.places.length > 0) {
        this.#waiting.unshift(entry);
      } else {
        this.#settle(entry, null);
      }
    }
  }

  /**
   * @param {number} id
   * @returns {Entry | undefined} the entry, which is no longer in flight
   */
  #land(id) {
    const entry = this.#inFlight.get(id);
    this.#inFlight.delete(id);
    clearTimeout(entry?.timer);
    return entry;
  }

  /**
   * @param {Entry} entry
   * @param {Outcome} outcome
   */
  #settle(entry, outcome) {
    this.#entries.delete(entry.key);
    entry.resolve(outcome);
  }
}

/**
 * @param {import("./protocol.js").Priority} one
 * @param {import("./protocol.js").Priority} other
 * @returns {import("./protocol.js").Priority}
 */
function moreUrgent(one, other) {
  return MOST_URGENT_FIRST.indexOf(one) <= MOST_URGENT_FIRST.indexOf(other) ? one : other;
}
