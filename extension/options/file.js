/** Settings to and from a file. */

import { byId, t } from "../ui/i18n.js";

const MOST_BYTES = 1024 * 1024;

/** @param {import("../background/settings.js").SettingsStore} settings */
export function showFile(settings) {
  byId("export").addEventListener("click", () => save(settings.exportFile()));
  byId("import").addEventListener("change", async () => {
    const [file] = byId("import").files;
    if (!file) {
      return;
    }
    const text = file.size <= MOST_BYTES ? await file.text() : "";
    const bad = await settings.importFile(text);
    byId("file-status").textContent =
      bad.length === 0
        ? t("optionsImported")
        : bad[0] === "file"
          ? t("optionsNoFile")
          : t("optionsBadFile", bad.join(", "));
    byId("import").value = "";
  });
}

/** @param {string} text */
function save(text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "altlens-settings.json";
  link.click();
  URL.revokeObjectURL(link.href);
  byId("file-status").textContent = t("optionsExported");
}
