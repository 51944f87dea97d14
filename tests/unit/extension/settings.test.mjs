import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { SettingsStore } from "../../../extension/background/settings.js";
import { DEFAULTS, readSettings, siteOf } from "../../../extension/background/settings_schema.js";
import { BrowserStorage } from "./browser_storage.mjs";

async function opened(storage) {
  const settings = new SettingsStore(storage);
  await settings.ready;
  return settings;
}

test("nothing is consented to, nothing is done in private windows, and nothing is repaired, unless somebody chose so", async () => {
  const { current } = await opened(new BrowserStorage());

  assert.deepEqual(current, DEFAULTS);
  const off = ["consent", "privateWindows", "repairNames", "emptyAlts", "sayUnsure", "warmStart"];
  off.forEach((name) => assert.equal(current[name], false, name));
});

const WRONG = [
  ["consent", "yes"],
  ["mode", "off"],
  ["paused", 1],
  ["sites", ["example.org"]],
  ["sites", { "example.org": "on" }],
  ["sites", { "EXAMPLE.org/path": "off" }],
  ["sites", Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`s${at}`, "off"]))],
  ["prefix", "x".repeat(41)],
  ["prefix", "a\u202eb"],
  ["prefix", "\n"],
  ["verbosity", "long"],
  ["keepDays", 1.5],
  ["keepDays", -1],
  ["keepDays", 3651],
  ["toString", true],
];

for (const [name, value] of WRONG) {
  test(`${name} cannot be ${JSON.stringify(value)?.slice(0, 30)}: the others hold all the same`, async () => {
    const items = { settings: { version: 1, hedge: false, [name]: value } };

    const { current } = await opened(new BrowserStorage(items));

    assert.deepEqual(current, { ...DEFAULTS, hedge: false });
    assert.deepEqual(readSettings({ [name]: value }).bad, [name]);
  });
}

test("what earlier versions had is passed over, wherever it still stands", async () => {
  const storage = new BrowserStorage({ settings: { version: 1, hedge: false, hedgeBelow: -1 } });
  const settings = await opened(storage);
  const file = JSON.stringify({
    kind: "altlens settings",
    version: 1,
    settings: { mode: "asked", hedgeBelow: -1 },
  });

  assert.deepEqual(settings.current, { ...DEFAULTS, hedge: false });
  assert.deepEqual(await settings.importFile(file), []);
  assert.equal(settings.current.mode, "asked");
});

for (const stored of [null, 7, "x", [], undefined]) {
  test(`settings that are ${JSON.stringify(stored)} are the defaults`, async () => {
    const { current } = await opened(new BrowserStorage({ settings: stored }));

    assert.deepEqual(current, DEFAULTS);
  });
}

test("a change is kept, and heard in every page of the extension", async () => {
  const storage = new BrowserStorage();
  const [one, other] = [await opened(storage), await opened(storage)];
  const heard = Promise.withResolvers();
  other.onChange((now, before) => heard.resolve([before.mode, now.mode]));

  await one.set({ mode: "asked" });

  assert.deepEqual(await heard.promise, ["automatic", "asked"]);
  assert.equal((await opened(storage)).current.mode, "asked");
});

test("changes that come at once do not undo each other", async () => {
  const storage = new BrowserStorage();
  const settings = await opened(storage);

  await Promise.all([
    settings.setSite("a.example", "off"),
    settings.setSite("b.example", "asked"),
    settings.set({ paused: true }),
  ]);

  assert.deepEqual(settings.current.sites, { "a.example": "off", "b.example": "asked" });
  assert.equal(settings.current.paused, true);
});

test("a site's choice can be taken back", async () => {
  const settings = await opened(new BrowserStorage());
  await settings.setSite("a.example", "off");

  await settings.setSite("a.example", null);

  assert.deepEqual(settings.current.sites, {});
});

test("a wrong change is refused, and changes nothing", async () => {
  const storage = new BrowserStorage();
  const settings = await opened(storage);

  await assert.rejects(settings.set({ paused: true, mode: "loud" }), /Not valid: mode/);
  await assert.rejects(settings.setSite("two words", "off"), TypeError);

  assert.deepEqual(settings.current, DEFAULTS);
  assert.deepEqual(storage.items, {});
});

test("what an administrator decided holds over what the user chose, and is known as locked", async () => {
  const storage = new BrowserStorage(
    { settings: { mode: "asked", hedge: false } },
    { consent: true, mode: "automatic", verbosity: "shouting" },
  );

  const settings = await opened(storage);
  await settings.set({ mode: "asked" });

  assert.deepEqual([...settings.locked].sort(), ["consent", "mode"]);
  assert.deepEqual(settings.current, { ...DEFAULTS, consent: true, hedge: false });
});

const OTHERS = {
  consent: true,
  mode: "asked",
  paused: true,
  sites: { "a.example": "off" },
  privateWindows: true,
  hedge: false,
  prefix: "Image: ",
  mark: false,
  verbosity: "short",
  sayUnsure: true,
  repairNames: true,
  emptyAlts: true,
  warmStart: true,
  keepDays: 30,
};

test("there is no setting that the next tests leave out", () => {
  assert.deepEqual(Object.keys(OTHERS).sort(), Object.keys(DEFAULTS).sort());
});

for (const [name, value] of Object.entries(OTHERS)) {
  test(`an administrator can decide ${name}, whatever the user has chosen`, async () => {
    const storage = new BrowserStorage({ settings: { [name]: DEFAULTS[name] } }, { [name]: value });

    const settings = await opened(storage);
    await settings.set({ [name]: DEFAULTS[name] });

    assert.deepEqual([...settings.locked], [name]);
    assert.deepEqual(settings.current, { ...DEFAULTS, [name]: value });
  });
}

test("the administrator's guide has a row for each setting", async () => {
  const guide = await readFile(new URL("../../../docs/ADMIN.md", import.meta.url), "utf8");
  const cells = [...guide.matchAll(/^ *\| (`[^|]+) \|/gm)].map(([, names]) => names);
  const rows = cells.flatMap((names) => names.match(/\w+/g));

  assert.deepEqual(Object.keys(DEFAULTS).filter((name) => !rows.includes(name)), []);
});

test("what a newer version has stored stays there", async () => {
  const storage = new BrowserStorage({ settings: { version: 2, voice: "deep", mode: "asked" } });
  const settings = await opened(storage);

  await settings.set({ paused: true });

  assert.equal(settings.current.mode, "asked");
  assert.deepEqual(storage.items.settings, {
    version: 2,
    voice: "deep",
    mode: "asked",
    paused: true,
  });
});

test("an exported file brings the same settings to another profile, but not the consent", async () => {
  const one = await opened(new BrowserStorage());
  await one.set({ consent: true, prefix: "Image: ", sites: { "a.example": "off" }, keepDays: 30 });
  const other = await opened(new BrowserStorage());

  const bad = await other.importFile(one.exportFile());

  assert.deepEqual(bad, []);
  assert.deepEqual(other.current, { ...one.current, consent: false });
});

const FILES = [
  ["no JSON", "{", ["file"]],
  ["another file", '{"name": "x", "settings": {"mode": "asked"}}', ["file"]],
  ["a wrong value", { mode: "asked", keepDays: "many" }, ["keepDays"]],
  ["a setting that does not exist", { mode: "asked", volume: 3 }, ["volume"]],
  ["somebody else's consent", { mode: "asked", consent: true }, ["consent"]],
];

for (const [name, file, expected] of FILES) {
  test(`a file with ${name} is refused as a whole, and says why`, async () => {
    const settings = await opened(new BrowserStorage());
    const text =
      typeof file === "string" ? file : JSON.stringify({ kind: "altlens settings", settings: file });

    assert.deepEqual(await settings.importFile(text), expected);

    assert.deepEqual(settings.current, DEFAULTS);
  });
}

test("storage that fails leaves the defaults: nothing is read from pages", async () => {
  const storage = new BrowserStorage();
  storage.local.get = () => Promise.reject(new Error("broken"));

  assert.equal((await opened(storage)).current.consent, false);
});

test("a site is the host's name, whatever the port, the path or the user", () => {
  const sites = {
    "https://user@www.Example.org:8443/a?b#c": "www.example.org",
    "http://[::1]:80/": "[::1]",
    "https://bücher.example/": "xn--bcher-kva.example",
    "file:///home/me/a.html": "file:",
    "about:config": null,
    "data:text/html,x": null,
    "moz-extension://x/": null,
    "not an address": null,
    "": null,
  };

  for (const [url, site] of Object.entries(sites)) {
    assert.equal(siteOf(url), site, url);
  }
  assert.equal(siteOf(undefined), null);
});

test("what was read late does not hide what changed meanwhile", async () => {
  const storage = new BrowserStorage({}, {});
  const settings = await opened(storage);
  const slow = Promise.withResolvers();
  storage.managed.get = () => slow.promise;
  await storage.local.set({ settings: { paused: true } });
  storage.managed.get = async () => ({});

  await storage.local.set({ settings: { paused: false, mode: "asked" } });
  const changed = Promise.withResolvers();
  settings.onChange(({ mode }) => mode === "asked" && changed.resolve());
  slow.resolve({});
  await changed.promise;
  await new Promise((resolve) => setTimeout(resolve, 0));

  assert.deepEqual([settings.current.paused, settings.current.mode], [false, "asked"]);
});
