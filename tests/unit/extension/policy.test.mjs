import assert from "node:assert/strict";
import { test } from "node:test";

import { NOTHING, policyFor } from "../../../extension/background/policy.js";
import { DEFAULTS } from "../../../extension/background/settings_schema.js";

const AGREED = { ...DEFAULTS, consent: true };
const TAB = { url: "https://news.example/a", incognito: false };

test("before consent nothing is done, not even on request, whatever else is chosen", () => {
  const eager = { ...DEFAULTS, privateWindows: true, sites: { "news.example": "automatic" } };

  assert.deepEqual(policyFor(eager, TAB), NOTHING);
  assert.equal(NOTHING.onRequest, false);
});

test("private windows are left alone until they are allowed", () => {
  const tab = { ...TAB, incognito: true };

  assert.deepEqual(policyFor(AGREED, tab), NOTHING);
  assert.equal(policyFor({ ...AGREED, privateWindows: true }, tab).active, "automatic");
});

const CASES = [
  ["the mode holds where a site has no choice", { mode: "asked" }, "asked"],
  ["a site that is off is off", { sites: { "news.example": "off" } }, "off"],
  ["a site may be on demand", { sites: { "news.example": "asked" } }, "asked"],
  ["a site may be automatic", { mode: "asked", sites: { "news.example": "automatic" } }, "automatic"],
  ["another site's choice is its own", { sites: { "www.news.example": "off" } }, "automatic"],
  ["a pause holds over everything", { paused: true, sites: { "news.example": "automatic" } }, "off"],
];

for (const [name, chosen, expected] of CASES) {
  test(name, () => {
    const policy = policyFor({ ...AGREED, ...chosen }, TAB);

    assert.equal(policy.active, expected);
    assert.equal(policy.onRequest, true);
  });
}

test("a page that was switched off is off, whatever holds for its site, but answers requests", () => {
  const settings = { ...AGREED, sites: { "news.example": "automatic" } };

  const policy = policyFor(settings, { ...TAB, off: true });

  assert.equal(policy.active, "off");
  assert.equal(policy.pageOff, true);
  assert.equal(policy.onRequest, true);
});

test("what the user chose about images is handed on", () => {
  const chosen = { ...AGREED, repairNames: true, emptyAlts: true, sayUnsure: true, mark: false };

  const policy = policyFor(chosen, TAB);

  assert.deepEqual(policy, {
    active: "automatic",
    pageOff: false,
    onRequest: true,
    repairNames: true,
    emptyAlts: true,
    sayUnsure: true,
    mark: false,
    words: JSON.stringify([chosen.hedge, chosen.prefix, chosen.verbosity]),
  });
});

test("a policy changes with all that words are made of", () => {
  for (const change of [{ hedge: false }, { prefix: "AI: " }, { verbosity: "short" }]) {
    assert.notDeepEqual(policyFor({ ...AGREED, ...change }, TAB), policyFor(AGREED, TAB));
  }
});

test("a page without a site follows the mode, and no property of objects is a site", () => {
  assert.equal(policyFor(AGREED, { url: "data:text/html,x", incognito: false }).active, "automatic");
  assert.equal(policyFor(AGREED, { incognito: false }).active, "automatic");
  const tab = { url: "https://constructor/", incognito: false };
  assert.equal(policyFor(AGREED, tab).active, "automatic");
});
