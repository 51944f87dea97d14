import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const ROOT = new URL("../../../", import.meta.url);
const EXTENSION = new URL("extension/", ROOT);

/** What shows that a permission is used. */
const USES = {
  "<all_urls>": /content\/main\.js/,
  clipboardWrite: /navigator\.clipboard\.writeText/,
  dns: /browser\.dns/,
  menus: /browser\.menus\.create/,
  nativeMessaging: /runtime\.connectNative/,
  storage: /browser\.storage\.local/,
  webRequest: /browser\.webRequest\./,
};

async function read(name) {
  return readFile(new URL(name, ROOT), "utf8");
}

async function manifest() {
  return JSON.parse(await read("extension/manifest.json"));
}

async function asked() {
  const { permissions, host_permissions } = await manifest();
  return [...permissions, ...host_permissions];
}

test("no permission is asked for that is not used", async () => {
  const names = await readdir(EXTENSION, { recursive: true });
  const sources = await Promise.all(
    names.filter((name) => /\.js$|manifest\.json$/.test(name)).map((name) => read(`extension/${name}`)),
  );
  const all = sources.join("\n");

  for (const permission of await asked()) {
    assert.match(all, USES[permission] ?? /a use of it that this test knows/, permission);
  }
});

test("the user's guide gives a reason for each permission, and for no other", async () => {
  const guide = await read("docs/EXTENSION.md");
  const table = guide.split("## What the extension may do, and why")[1].split("\n## ")[0];
  const explained = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);

  assert.deepEqual(explained.sort(), (await asked()).sort());
});

test("no page of the extension can be loaded by a web page, and no data is collected", async () => {
  const { web_accessible_resources, browser_specific_settings, externally_connectable } =
    await manifest();

  assert.equal(web_accessible_resources, undefined);
  assert.equal(externally_connectable, undefined);
  assert.deepEqual(browser_specific_settings.gecko.data_collection_permissions, {
    required: ["none"],
  });
});

test("every file that the manifest and the pages name is there", async () => {
  const names = new Set(await readdir(EXTENSION, { recursive: true }));
  const { action, background, content_scripts, icons, options_ui } = await manifest();
  const named = [
    action.default_popup,
    action.default_icon,
    options_ui.page,
    ...background.scripts,
    ...content_scripts.flatMap(({ js }) => js),
    ...Object.values(icons),
  ];

  named.forEach((name) => assert.ok(names.has(name), name));
  for (const page of [...names].filter((name) => name.endsWith(".html"))) {
    const html = await read(`extension/${page}`);
    for (const [, link] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const path = new URL(link, `https://x/${page}`).pathname.slice(1);
      assert.ok(names.has(path), `${page}: ${link}`);
    }
  }
});
