/** A page of help: how to ask, and what is heard. */

import { byId, localise, t } from "../ui/i18n.js";

localise();
const commands = await browser.commands.getAll();
const key = commands.find(({ name }) => name === "describe")?.shortcut;
byId("key").textContent = key ? t("helpKey", key) : t("helpNoKey");
