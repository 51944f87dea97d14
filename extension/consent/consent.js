/** The first page that a user sees: what happens where, and whether and when it may. */

import { SettingsStore } from "../background/settings.js";
import { byId, localise, t } from "../ui/i18n.js";

localise();

const settings = new SettingsStore(browser.storage);
await settings.ready;

const { mode, consent } = settings.current;
byId(mode).checked = true;
if (settings.locked.has("mode")) {
  byId("automatic").disabled = byId("asked").disabled = true;
  byId("locked").hidden = false;
}
if (consent) {
  byId("done").textContent = t("consentGiven");
}

byId("form").addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  await settings.set({
    consent: true,
    ...(settings.locked.has("mode")
      ? {}
      : { mode: byId("automatic").checked ? "automatic" : "asked" }),
  });
  byId("done").textContent = t("consentGiven");
});

byId("decline").addEventListener("click", async () => {
  await settings.set({ consent: false });
  byId("done").textContent = t("consentDeclined");
});
