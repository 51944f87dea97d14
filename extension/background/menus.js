/** The context menu of images, and the keyboard commands. */

/** @typedef {import("./on_demand.js").OnDemand} OnDemand */

/** @type {{ id: string, title: string, purpose: import("./ui_messages.js").Purpose }[]} */
const ITEMS = [
  { id: "describe", title: "menuDescribe", purpose: "show" },
  { id: "copy", title: "menuCopy", purpose: "copy" },
  { id: "why", title: "menuWhy", purpose: "why" },
];

/** What Firefox takes for an image, or for something that may hold one. */
const CONTEXTS = /** @type {browser.menus.ContextType[]} */ (["image", "link", "video"]);
/** Elsewhere: drawings, backgrounds and objects may be images, too. */
const OTHERS = /** @type {browser.menus.ContextType[]} */ (["page", "frame"]);
const OTHER = "other ";

/** The menu that is open; null between two. @type {object | null} */
let open = null;
/** Whether OTHERS show the items; null where that is not known. */
let othersShow = /** @type {boolean | null} */ (null);

/** Makes the menu anew: Firefox keeps it, with titles in the language of back then. */
export async function makeMenus() {
  await browser.menus.removeAll();
  othersShow = null;
  for (const { id, title: key } of ITEMS) {
    const title = browser.i18n.getMessage(key);
    browser.menus.create({ id, title, contexts: CONTEXTS });
    browser.menus.create({ id: OTHER + id, title, contexts: OTHERS, visible: false });
  }
}

/**
 * Shows the items where Firefox sees no image and we do, while the menu is open, and hides them
 * where the last menu's are still there.
 * @param {browser.menus._OnShownInfo & { targetElementId?: number, frameId?: number }} info
 * @param {browser.tabs.Tab} tab
 */
async function showOnOthers(info, tab) {
  const menu = (open = {});
  const visible = await isOnOther(info, tab);
  // The page may have been too busy to answer before the menu was closed.
  if (open === menu && othersShow !== visible) {
    await setOthers(visible);
    await browser.menus.refresh();
  }
}

/**
 * @param {browser.menus._OnShownInfo & { targetElementId?: number, frameId?: number }} info
 * @param {browser.tabs.Tab} tab
 * @returns {Promise<boolean>} whether there is an image that only we see
 */
async function isOnOther({ contexts, targetElementId, frameId }, tab) {
  const maybe = contexts.some((one) => OTHERS.includes(one)) && targetElementId !== undefined;
  if (!maybe || contexts.some((one) => CONTEXTS.includes(one))) {
    return false;
  }
  const message = { type: "is-image", target: { menu: targetElementId } };
  const found = await browser.tabs
    .sendMessage(tab.id ?? -1, message, { frameId: frameId ?? 0 })
    .catch(() => false); // Firefox lets no extension in there
  return found === true;
}

/** @param {boolean} visible */
async function setOthers(visible) {
  othersShow = visible;
  await Promise.all(ITEMS.map(({ id }) => browser.menus.update(OTHER + id, { visible })));
}

/**
 * To be called as the event page starts: Firefox wakes it for what it listened to.
 * @param {OnDemand} onDemand
 * @param {import("./settings.js").SettingsStore} settings
 */
export function listen(onDemand, settings) {
  browser.menus.onClicked.addListener((info, tab) => {
    const item = ITEMS.find(({ id }) => [id, OTHER + id].includes(String(info.menuItemId)));
    if (item && tab && info.targetElementId !== undefined) {
      onDemand.describe(tab, { menu: info.targetElementId }, item.purpose, info.frameId);
    }
  });
  browser.menus.onShown.addListener((info, tab) => {
    showOnOthers(info, tab);
  });
  browser.menus.onHidden.addListener(() => {
    open = null;
    setOthers(false).catch(() => {}); // not made yet
  });
  browser.commands.onCommand.addListener(async (name, tab) => {
    if (name === "describe" && tab) {
      await onDemand.describe(tab, { focus: true }, "show");
    } else if (name === "pause") {
      // The panel says what has changed. Firefox opens it only in the moment of the key.
      browser.action.openPopup().catch(() => {});
      await settings.ready;
      await settings.set({ paused: !settings.current.paused });
    }
  });
}
