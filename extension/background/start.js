/** When this extension was started: by Firefox, or anew in it, after an update say. */

const KEY = "started";

/**
 * @param {{ get(key: string): Promise<Record<string, unknown>>,
 *   set(items: Record<string, unknown>): Promise<void> }} storage that lasts as long as the
 *   extension runs, through all suspensions
 * @returns {Promise<number>} milliseconds of the epoch; 0 where it cannot be known
 */
export async function startOf(storage) {
  const now = Date.now();
  try {
    const { [KEY]: kept } = await storage.get(KEY);
    if (typeof kept === "number") {
      return kept;
    }
    await storage.set({ [KEY]: now });
    return now;
  } catch {
    return 0;
  }
}
