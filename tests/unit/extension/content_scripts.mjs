/** Loads content scripts, which are classic scripts that share one scope, into a document. */

import { readFileSync } from "node:fs";
import vm from "node:vm";

import { JSDOM } from "jsdom";

/**
 * @param {string[]} names of the scripts, in the order of the manifest
 * @param {string} html of the document's body
 * @returns {any} the window; the scripts' functions are its properties
 */
export function load(names, html = "") {
  const dom = new JSDOM(`<!doctype html><body>${html}`, {
    runScripts: "outside-only",
    url: "https://example.org/page",
  });
  for (const name of names) {
    const url = new URL(`../../../extension/content/${name}.js`, import.meta.url);
    vm.runInContext(readFileSync(url, "utf8"), dom.getInternalVMContext());
  }
  return dom.window;
}
