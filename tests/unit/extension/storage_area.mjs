/** A storage area of Firefox's, that can be told to fail. */
export class Storage {
  items = {};
  forgets = false;

  async get(names) {
    return Object.fromEntries(
      names.filter((name) => name in this.items).map((name) => [name, this.items[name]]),
    );
  }

  async set(items) {
    if (this.full) {
      throw new Error("QuotaExceededError");
    }
    if (!this.forgets) {
      Object.assign(this.items, structuredClone(items));
    }
  }

  async remove(name) {
    delete this.items[name];
  }
}
