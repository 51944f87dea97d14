import assert from "node:assert/strict";
import { test } from "node:test";

import { answerFrom, plain } from "../../../extension/background/answer.js";

const CASES = [
  ["words stay", "a cat – «weiß» 猫 🐈‍⬛", "a cat – «weiß» 猫 🐈‍⬛"],
  ["white space becomes single spaces", "  a\n\tcat \u00a0 sits ", "a cat sits"],
  ["control characters go", "a\u0000 c\u0007a\u009ft\u007f", "a cat"],
  ["characters that turn the direction go", "\u202ea\u2066 c\u2069a\u200ft\u061c", "a cat"],
  ["halves of characters are replaced", "a \ud800cat", "a \ufffdcat"],
];

for (const [name, text, expected] of CASES) {
  test(name, () => {
    assert.equal(plain(text), expected);
  });
}

test("text is capped, and not in the middle of a character", () => {
  assert.equal(plain("x".repeat(5000)).length, 2000);
  assert.equal(plain(`${"x".repeat(1999)}🐈`), "x".repeat(1999));
});

test("kinds that say nothing carry no text", () => {
  for (const kind of ["decorative", "unsure"]) {
    const answer = answerFrom({ type: "result", id: 1, kind, text: "a cat", model: "" });

    assert.deepEqual([answer.kind, answer.text, answer.model], [kind, "", ""]);
  }
});

test("a description without words is no description, and does not hide the image", () => {
  const answer = answerFrom({ type: "result", id: 1, kind: "text", text: " \u202e ", model: "lite" });

  assert.equal(answer.kind, "unsure");
});

test("what was read keeps its lines, and nothing that turns them", () => {
  const read = "Exit 12\n\n \u202eNorth\u0007 \n";
  const answer = answerFrom({ type: "result", id: 1, kind: "described", text: "a sign", model: "lite", read, barcode: "a\u0000\nb" });

  assert.deepEqual([answer.read, answer.barcode], ["Exit 12\nNorth", "a\nb"]);
});

test("what was read is whole, however long a paragraph of it is", () => {
  const paragraph = "word ".repeat(900).trim();
  const read = `${paragraph}\nThe end.`;
  const answer = answerFrom({ type: "result", id: 1, kind: "text", text: "word", model: "", read, barcode: paragraph });

  assert.equal(answer.read, read);
  assert.equal(answer.barcode, paragraph);
});

test("a model's name that is no name is left out", () => {
  const names = ["distilvit-2.0_q8", "", 'x" onload="', "a b", "x".repeat(65)];

  const kept = names.map(
    (model) => answerFrom({ type: "result", id: 1, kind: "text", text: "a", model }).model,
  );

  assert.deepEqual(kept, ["distilvit-2.0_q8", "", "", "", ""]);
});
