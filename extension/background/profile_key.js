/**
 * The key of this Firefox profile. What the host remembers on the disk is sealed with it, and the
 * host keeps no copy: without the profile the host's files tell nobody what was seen, and with the
 * extension goes the key. It lies in the extension's storage, in the profile's folder.
 */

const KEY = "profileKey";
const NEXT = "nextProfileKey";
const BYTES = 32;

/**
 * The part of storage.StorageArea that is used.
 * @typedef {object} Storage
 * @property {(keys: string[]) => Promise<Record<string, unknown>>} get
 * @property {(items: Record<string, string>) => Promise<void>} set
 * @property {(key: string) => Promise<void>} remove
 */

/**
 * Returns the profile's key; makes it, once, where there is none yet.
 * @param {Storage} storage
 * @returns {Promise<string | null>} 32 bytes in base64; null where nothing can be stored, for a
 *   key that is lost at the end of the session would leave files that nobody can open
 */
export async function profileKey(storage) {
  try {
    const { [KEY]: key } = await storage.get([KEY]);
    return isKey(key) ? key : await stored(storage, KEY);
  } catch {
    return null;
  }
}

/**
 * Returns the key that is to take the profile's key's place; makes it where there is none yet, so
 * that a change that broke off goes on with the same one.
 * @param {Storage} storage
 * @returns {Promise<string>} 32 bytes in base64
 */
export async function nextKey(storage) {
  const { [NEXT]: next } = await storage.get([NEXT]);
  return isKey(next) ? next : await stored(storage, NEXT);
}

/**
 * Makes the next key the profile's key.
 * @param {Storage} storage
 * @param {string} key
 */
export async function useNextKey(storage, key) {
  await storage.set({ [KEY]: key });
  await storage.remove(NEXT);
}

/**
 * @param {Storage} storage
 * @returns {Promise<boolean>} whether a change of the key broke off
 */
export async function changeBrokeOff(storage) {
  const { [NEXT]: next } = await storage.get([NEXT]);
  return isKey(next);
}

/**
 * @param {Storage} storage
 * @param {string} name
 * @returns {Promise<string>} a new key, which the storage has given back
 */
async function stored(storage, name) {
  const made = crypto.getRandomValues(new Uint8Array(BYTES));
  await storage.set({ [name]: btoa(String.fromCharCode(...made)) });
  const { [name]: key } = await storage.get([name]);
  if (!isKey(key)) {
    throw new Error("The storage keeps nothing.");
  }
  return key;
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isKey(value) {
  return typeof value === "string" && /^[A-Za-z0-9+/]{43}=$/.test(value);
}
