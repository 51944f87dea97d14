import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.browser = { i18n: { getMessage: (key, values) => [key, ...values].join(":") } };
const { confidence } = await import("../../../extension/dialog/confidence.js");

const ANSWER = { kind: "described", model: "lite", level: "plain", confidence: 0.746, calibrated: true };

const TOLD = [
  ["what was measured is told as a number", {}, "surePlain sureMeasured:75"],
  ["what is hedged is not sure", { level: "hedged" }, "sureHedged sureMeasured:75"],
  ["a guess is called one", { level: "unsure", confidence: 0.04 }, "sureUnsure sureMeasured:4"],
  ["a number that nobody measured is not told", { calibrated: false }, "surePlain sureNotMeasured"],
  ["what is read may have wrong letters", { kind: "text", model: "" }, "sureText"],
  ["of a code no model is to be doubted", { model: "", calibrated: false }, "surePlain"],
];

for (const [name, said, expected] of TOLD) {
  test(name, () => {
    assert.equal(confidence({ ...ANSWER, ...said }), expected);
  });
}
