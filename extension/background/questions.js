/**
 * Answers the questions of content scripts. What a page may learn of a picture is decided here,
 * where no page has a say.
 */

import { isPrivateAddress } from "./addresses.js";
import { policyFor } from "./policy.js";
import { placeOf } from "./places.js";
import { digestOf } from "./rejected.js";
import { repeats } from "./repetition.js";
import { wordsFor } from "./words.js";

const MOST_PIXELS = 2048;

/** @typedef {import("./page_messages.js").Question} Question */
/** @typedef {import("./page_messages.js").PageAnswer} PageAnswer */
/** @typedef {import("./senders.js").Asker} Asker */

/** The image stays as it is. @type {PageAnswer} */
const NOTHING = Object.freeze({ alt: null, mark: null });

/**
 * The parts of the background that are used.
 * @typedef {object} Parts
 * @property {Pick<import("./captions.js").Captions, "ask">} captions
 * @property {import("./allowances.js").Allowances} allowances
 * @property {Pick<import("./settings.js").SettingsStore, "ready" | "current">} settings
 * @property {Pick<import("./requests.js").Requests, "claim">} requests
 * @property {Pick<import("./rejected.js").Rejected, "ready" | "has">} rejected
 * @property {Pick<import("./redirects.js").Redirects, "ready" | "leadInside">} redirects
 * @property {Pick<import("./names.js").Names, "leadInside">} names
 * @property {(request: number, result: import("./protocol.js").Result | null) => void} answered
 *   tells the user what came of what was asked for by hand
 * @property {(url: string, isPublic: boolean) => Promise<Uint8Array<ArrayBuffer> | null>} download
 * @property {Promise<unknown>} ready when questions may be put to the host
 */

export class Questions {
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * @param {Question} question
   * @param {Asker} asker
   * @returns {Promise<PageAnswer | null>} null where the question cannot be answered now
   */
  async answer(question, asker) {
    const { settings, allowances, rejected, redirects } = this.#parts;
    await Promise.all([settings.ready, rejected.ready, redirects.ready]);
    const policy = policyFor(settings.current, asker);
    const byHand = question.request !== undefined;
    if (byHand ? !policy.onRequest : policy.active !== "automatic") {
      return null;
    }
    const isFromInside = await this.#isFromInside(question, asker);
    if (!byHand && isFromInside) {
      return NOTHING;
    }
    const hidden = isFromInside || policy.active === "off";
    const wait = byHand ? 0 : allowances.take(asker.tab);
    if (wait > 0) {
      return { later: wait };
    }
    let free = false;
    try {
      const { answer, outcome } = await this.#ask(question, asker, hidden);
      free = outcome === null || (outcome.type === "result" && outcome.source !== "model");
      return answer;
    } finally {
      if (!byHand) {
        allowances.giveBack(asker.tab, free);
      }
    }
  }

  /**
   * @param {Question} question
   * @param {Asker} asker
   * @param {boolean} hidden whether the page must not hear of it
   * @returns {Promise<{ answer: PageAnswer | null, outcome: import("./captions.js").Outcome }>}
   */
  async #ask(question, asker, hidden) {
    const { captions, download, ready } = this.#parts;
    const { bytes, url = "", priority, language, sharper: sharp } = question;
    const file = bytes ? new Uint8Array(bytes) : await download(url, asker.isPublic);
    if (file === null) {
      this.#tell(question, null);
      return { answer: NOTHING, outcome: null };
    }
    if (!(await this.#mayBeAsked(question, asker, file))) {
      return { answer: NOTHING, outcome: null };
    }
    await ready;
    // TypeScript's library does not know Uint8Array.prototype.toBase64 (ES2026) yet.
    const image = /** @type {{ toBase64(): string }} */ (/** @type {unknown} */ (file)).toBase64();
    const { length: size } = file;
    const picture = { image, size, priority, language, sharp, private: asker.incognito };
    const outcome = await captions.ask(picture, placeOf(asker.tab, question.page));
    return { answer: this.#answerTo(question, hidden, outcome), outcome };
  }

  /**
   * @param {Question} question
   * @param {Asker} asker
   * @param {Uint8Array<ArrayBuffer>} file
   * @returns {Promise<boolean>} false for a picture whose description the user took away, and for a
   *   request that the user did not make in this tab
   */
  async #mayBeAsked({ request, sharper }, { tab, frame, incognito }, file) {
    const { requests, rejected } = this.#parts;
    const digest = await digestOf(file);
    if (request === undefined) {
      return !rejected.has(digest, incognito);
    }
    return requests.claim(request, { tab, frame, digest, sharper });
  }

  /**
   * @param {Question} question
   * @param {boolean} hidden
   * @param {import("./captions.js").Outcome} outcome
   * @returns {PageAnswer | null}
   */
  #answerTo(question, hidden, outcome) {
    const { settings } = this.#parts;
    const { readable, beside, sharper } = question;
    switch (outcome?.type) {
      case "result": {
        this.#tell(question, outcome);
        if (hidden || (outcome.kind === "described" && repeats(outcome.text, beside))) {
          return NOTHING;
        }
        return wordsFor(outcome, settings.current, { mayReadText: readable });
      }
      case "more_pixels":
        if (!sharper) {
          return { sharper: Math.min(outcome.side, MOST_PIXELS) };
        }
        this.#tell(question, null);
        return NOTHING;
      case "refused":
        this.#tell(question, null);
        return NOTHING;
      default:
        this.#tell(question, null);
        return null;
    }
  }

  /**
   * @param {Question} question
   * @param {import("./answer.js").Answer | null} answer
   */
  #tell({ request }, answer) {
    if (request !== undefined) {
      this.#parts.answered(request, answer);
    }
  }

  /**
   * @param {Question} question
   * @param {Asker} asker
   * @returns {Promise<boolean>} whether a page from outside shows a picture from this machine or
   *   network: the page must not learn what is in it
   */
  async #isFromInside({ source, url = "", readable }, { isPublic }) {
    const { redirects, names } = this.#parts;
    const addresses = isPublic ? [source, url].filter(Boolean) : [];
    if (addresses.some(isPrivateAddress)) {
      return true;
    }
    // What the page could read itself needs no looking up.
    const looks = addresses.flatMap((one) =>
      readable ? [redirects.leadInside(one)] : [redirects.leadInside(one), names.leadInside(one)],
    );
    return (await Promise.all(looks)).includes(true);
  }
}
