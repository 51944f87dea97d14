/** How many images are described on the page that a tab shows: its frames are asked, and say. */

/** Between the first frame's answer and those of the others. */
const OTHERS_MS = 100;

export class Counts {
  #ask;
  /** What each frame said, by tab. @type {Map<number, Map<number, number>>} */
  #tabs = new Map();

  /** @param {(tab: number) => Promise<unknown>} ask fulfilled when one frame of the tab has said it */
  constructor(ask) {
    this.#ask = ask;
  }

  /**
   * Takes what a frame says.
   * @param {{ tab: number, frame: number }} place
   * @param {number} count
   */
  note({ tab, frame }, count) {
    this.#tabs.get(tab)?.set(frame, count);
  }

  /**
   * @param {number} tab
   * @returns {Promise<number>}
   */
  async of(tab) {
    const frames = new Map();
    this.#tabs.set(tab, frames);
    await this.#ask(tab).catch(() => {}); // Firefox lets no extension into that page
    await new Promise((resolve) => setTimeout(resolve, OTHERS_MS));
    return [...frames.values()].reduce((sum, one) => sum + one, 0);
  }

  /** @param {number} tab that was closed */
  forget(tab) {
    this.#tabs.delete(tab);
  }
}
