/**
 * How much each tab may ask for. A page can make new pictures for ever; whoever reads cannot. What
 * the host remembered costs nothing.
 */

const MOST_OPEN = 32;
const MOST_SAVED = 50;
/** Six pictures a second, at first: about as fast as a host describes them. */
const FIRST_MS = 166;
/** After so many without a rest, a tab gets half as much, and so on. */
const HALVED_AFTER = 300;
const MOST_HALVINGS = 5;

/**
 * @typedef {object} Account
 * @property {number} open questions that are not answered
 * @property {number} saved questions that may be asked at once
 * @property {number} asked questions since it last had all that can be saved
 * @property {number} at when it was last looked at
 */

export class Allowances {
  /** @type {Map<number, Account>} */
  #accounts = new Map();
  #now;

  /** @param {() => number} [now] milliseconds */
  constructor(now = Date.now) {
    this.#now = now;
  }

  /**
   * Takes one question from what a tab may ask; `giveBack` is to be called when it is answered.
   * @param {number} tab
   * @returns {number} 0 where it may be asked; else how many milliseconds to wait
   */
  take(tab) {
    const account = this.#account(tab);
    const wait = waitOf(account);
    if (account.open >= MOST_OPEN) {
      return wait;
    }
    if (account.saved < 1) {
      return Math.ceil(wait * (1 - account.saved));
    }
    account.open += 1;
    account.saved -= 1;
    account.asked += 1;
    return 0;
  }

  /**
   * @param {number} tab
   * @param {boolean} free whether nobody had to work for the answer
   */
  giveBack(tab, free) {
    const account = this.#account(tab);
    account.open = Math.max(0, account.open - 1);
    if (free) {
      account.saved = Math.min(MOST_SAVED, account.saved + 1);
      account.asked = Math.max(0, account.asked - 1);
    }
  }

  /** @param {number} tab that was closed */
  forget(tab) {
    this.#accounts.delete(tab);
  }

  /**
   * @param {number} tab
   * @returns {Account} with what it has saved since it was last looked at
   */
  #account(tab) {
    const now = this.#now();
    const account = this.#accounts.get(tab) ?? { open: 0, saved: MOST_SAVED, asked: 0, at: now };
    const passed = Math.max(0, now - account.at);
    account.saved = Math.min(MOST_SAVED, account.saved + passed / waitOf(account));
    account.at = now;
    if (account.saved === MOST_SAVED) {
      account.asked = 0;
    }
    this.#accounts.set(tab, account);
    return account;
  }
}

/**
 * @param {Account} account
 * @returns {number} milliseconds that it takes to save one more question
 */
function waitOf({ asked }) {
  return FIRST_MS * 2 ** Math.min(MOST_HALVINGS, Math.floor(asked / HALVED_AFTER));
}
