/** The context menu of images, and the keyboard commands. */

/** @typedef {import("./on_demand.js").OnDemand} OnDemand */

/** @type {{ id: string, title: string, purpose: import("./ui_messages.js").Purpose }[]} */
const ITEMS = [
  { id: "describe", title: "menuDescribe", purpose: "show" },
  { id: "copy", title: "menuCopy", purpose: "copy" },
  { id: "why", title: "menuWhy", purpose: "why" },
];

/** Makes the menu anew: Firefox keeps it, with titles in the language of back then. */
export async function makeMenus() {
  await browser.menus.removeAll();
  for (const { id, title } of ITEMS) {
    browser.menus.create({
      id,
      title: browser.i18n.getMessage(title),
      contexts: ["image", "link", "video"],
    });
  }
}

/**
 * To be called as the event page starts: Firefox wakes it for what it listened to.
 * @param {OnDemand} onDemand
 * @param {import("./settings.js").SettingsStore} settings
 */
export function listen(onDemand, settings) {
  browser.menus.onClicked.addListener((info, tab) => {
    const item = ITEMS.find(({ id }) => id === info.menuItemId);
    if (item && tab && info.targetElementId !== undefined) {
      onDemand.describe(tab, { menu: info.targetElementId }, item.purpose, info.frameId);
    }
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
