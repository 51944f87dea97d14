/** Loads content scripts, which are classic scripts that share one scope, into a document. */

import { readFileSync } from "node:fs";
import vm from "node:vm";

import { JSDOM } from "jsdom";

/** @type {WeakMap<object, JSDOM>} */
const doms = new WeakMap();

/**
 * @param {string[]} names of the scripts, in the order of the manifest
 * @param {string} html of the document's body
 * @param {any} [opened] the window of an earlier call, into which more scripts are loaded
 * @returns {any} the window; the scripts' functions are its properties
 */
export function load(names, html = "", opened = undefined) {
  const dom = opened ? doms.get(opened) : new JSDOM(`<!doctype html><body>${html}`, {
    runScripts: "outside-only",
    url: "https://example.org/page",
  });
  for (const name of names) {
    const url = new URL(`../../../extension/content/${name}.js`, import.meta.url);
    vm.runInContext(readFileSync(url, "utf8"), dom.getInternalVMContext());
  }
  doms.set(dom.window, dom);
  return dom.window;
}
