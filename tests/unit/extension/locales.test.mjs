import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const EXTENSION = new URL("../../../extension/", import.meta.url);
const LANGUAGES = ["en", "de", "fr", "es"];

async function messages(language) {
  const path = new URL(`_locales/${language}/messages.json`, EXTENSION);
  return JSON.parse(await readFile(path, "utf8"));
}

/** Every file of the extension's that can show words, by its name. */
async function sources() {
  const names = await readdir(EXTENSION, { recursive: true });
  const told = names.filter((name) => /\.(?:js|html)$/.test(name) || name === "manifest.json");
  return Promise.all(told.map(async (name) => [name, await readFile(new URL(name, EXTENSION), "utf8")]));
}

function used(source, name) {
  const found = [...source.matchAll(/data-i18n="([^"]+)"|__MSG_(\w+)__/g)].map(([, a, b]) => a ?? b);
  if (!name.endsWith(".js")) {
    return found;
  }
  const calls = [...source.matchAll(/\bt\(\s*"([^"]+)"|getMessage\(\s*"([^"]+)"/g)];
  return [...found, ...calls.map(([, a, b]) => a ?? b)].filter((key) => !key.startsWith("@@"));
}

test("the languages are those that are promised", async () => {
  assert.deepEqual((await readdir(new URL("_locales/", EXTENSION))).sort(), [...LANGUAGES].sort());
});

for (const language of LANGUAGES) {
  test(`no message is missing or empty in ${language}, and none is too many`, async () => {
    const [english, these] = [await messages("en"), await messages(language)];

    assert.deepEqual(Object.keys(these), Object.keys(english));
    for (const [key, { message }] of Object.entries(these)) {
      assert.notEqual(message.trim(), "", key);
    }
    assert.equal(these.languageTag.message, language);
  });

  test(`the placeholders in ${language} are those in English, and each is used`, async () => {
    const [english, these] = [await messages("en"), await messages(language)];

    for (const [key, { message, placeholders = {} }] of Object.entries(these)) {
      const expected = Object.entries(english[key].placeholders ?? {}).map(([name, { content }]) => [name, content]);
      const found = Object.entries(placeholders).map(([name, { content }]) => [name, content]);
      assert.deepEqual(found, expected, key);
      const inText = [...message.matchAll(/\$(\w+)\$/g)].map(([, name]) => name.toLowerCase());
      assert.deepEqual(inText.sort(), Object.keys(placeholders).sort(), key);
    }
  });
}

test("a translation is no copy of the English, but for names", async () => {
  const english = await messages("en");
  const same = new Set(["extensionName", "dialogModel", "dialogTitle", "popupOptions", "optionsSite", "dialogModelValue"]);

  for (const language of ["de", "fr", "es"]) {
    for (const [key, { message }] of Object.entries(await messages(language))) {
      assert.ok(same.has(key) || message !== english[key].message, `${language} ${key}`);
    }
  }
});

test("translators are told where each message stands", async () => {
  for (const [key, { description }] of Object.entries(await messages("en"))) {
    assert.ok(description?.length > 5, key);
  }
});

test("every message that is asked for exists", async () => {
  const english = await messages("en");

  for (const [name, source] of await sources()) {
    for (const key of used(source, name)) {
      assert.ok(key in english, `${name}: ${key}`);
    }
  }
});

test("every message is used somewhere", async () => {
  const all = (await sources()).map(([, source]) => source).join("\n");

  for (const key of Object.keys(await messages("en"))) {
    const asked = all.includes(`"${key}"`) || all.includes(`__MSG_${key}__`);
    assert.ok(asked, key);
  }
});

test("no page has words of its own: a translator would not find them", async () => {
  for (const [name, source] of await sources()) {
    if (name.endsWith(".html")) {
      const body = source.replace(/<(dt|code)[^>]*>[^<]*<\/\1>/g, "");
      const words = [...body.matchAll(/>([^<>]+)</g)].map(([, text]) => text.trim()).filter(Boolean);
      assert.deepEqual(words, [], name);
    }
  }
});
