import assert from "node:assert/strict";
import { test } from "node:test";

import { repeats } from "../../../extension/background/repetition.js";

const CASES = [
  ["a cup of coffee", "A cup of coffee on a table", true],
  ["two cups of coffee", "A cup of coffee, two", true],
  ["a cup of coffee", "Our café in the morning", false],
  ["a cup of coffee on a table", "A cup of coffee", false],
  ["a cup of coffee", "", false],
  ["a cat", "a cat", true],
  ["a cat", "a dog", false],
  ["of the", "of the", false],
  ["", "A cup", false],
];

for (const [caption, beside, expected] of CASES) {
  test(`"${caption}" ${expected ? "repeats" : "does not repeat"} "${beside}"`, () => {
    assert.equal(repeats(caption, beside), expected);
  });
}
