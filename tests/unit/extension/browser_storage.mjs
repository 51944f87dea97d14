/** browser.storage: what was stored, what an administrator decided, and who hears of changes. */
export class BrowserStorage {
  #listeners = [];
  local;
  managed;
  onChanged = { addListener: (listener) => this.#listeners.push(listener) };

  /**
   * @param {object} [items] what lies in storage.local
   * @param {object} [decided] what lies in storage.managed; Firefox refuses where there is none
   */
  constructor(items = {}, decided) {
    this.items = items;
    this.local = {
      get: async (key) => (key in this.items ? { [key]: structuredClone(this.items[key]) } : {}),
      set: async (changed) => {
        Object.assign(this.items, structuredClone(changed));
        this.#listeners.forEach((listener) => listener(changed, "local"));
      },
    };
    this.managed = {
      get: async () => {
        if (decided === undefined) {
          throw new Error("Managed storage manifest not found");
        }
        return structuredClone(decided);
      },
    };
  }
}
