import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULTS } from "../../../extension/background/settings_schema.js";
import { wordsFor } from "../../../extension/background/words.js";

const SAID = {
  kind: "described",
  text: "a cat on a sofa",
  mean_logprob: -0.1,
  model: "lite",
  language: "en",
};
const SEEN = { mayReadText: true };
const UNSEEN = { mayReadText: false };

function words(said, chosen = {}, page = SEEN) {
  return wordsFor({ ...SAID, ...said }, { ...DEFAULTS, ...chosen }, page);
}

const HEARD = [
  ["a sure caption is said as it is", {}, {}, "a cat on a sofa", "described:lite"],
  ["an unsure one is hedged", { mean_logprob: -2 }, {}, "Perhaps: a cat on a sofa", "described:lite"],
  ["at the threshold it is sure", { mean_logprob: -0.5 }, {}, "a cat on a sofa", "described:lite"],
  ["the threshold is the user's", { mean_logprob: -0.1 }, { hedgeBelow: 0 }, "Perhaps: a cat on a sofa", "described:lite"],
  ["hedges can be switched off", { mean_logprob: -2 }, { hedge: false }, "a cat on a sofa", "described:lite"],
  ["text is announced as text", { kind: "text", text: "Sale" }, {}, "Text: Sale", "text:lite"],
  ["text beside a caption is said after it", { text: "A street with a sign", read: "Exit\n12" }, {}, "A street with a sign. Text: Exit 12", "described:lite"],
  ["a caption's own stop does for it", { text: "A chart.", read: "Sales" }, {}, "A chart. Text: Sales", "described:lite"],
  ["what a code holds is not said", { text: "A QR code.", barcode: "https://example.org/" }, {}, "A QR code.", "described:lite"],
  ["text is not hedged", { kind: "text", text: "Sale", mean_logprob: -9 }, {}, "Text: Sale", "text:lite"],
  ["decorative is nothing at all", { kind: "decorative", text: "", model: "" }, { prefix: "Image: " }, "", "decorative"],
  ["unsure leaves the image", { kind: "unsure", text: "" }, {}, null, null],
  ["unsure is said to who wants to hear it", { kind: "unsure", text: "", model: "" }, { sayUnsure: true }, "No description", "unsure"],
  ["a caption of nothing is none", { text: " \u202e\u0000 " }, {}, null, null],
  ["a prefix comes before all", { mean_logprob: -2 }, { prefix: "Image: " }, "Image: Perhaps: a cat on a sofa", "described:lite"],
  ["the mark can be left out", {}, { mark: false }, "a cat on a sofa", null],
  ["a model without a name is not in the mark", { model: 'x" y' }, {}, "a cat on a sofa", "described"],
  ["what turns the direction goes", { text: "a \u202ecat\u0007" }, {}, "a cat", "described:lite"],
];

test("a page that cannot see the picture learns nothing that is written in it", () => {
  const read = { text: "A street with a sign", read: "Exit 12", barcode: "https://example.org/" };

  assert.equal(words(read, {}, UNSEEN).alt, "A street with a sign");
});

for (const [name, said, chosen, alt, mark] of HEARD) {
  test(name, () => {
    assert.deepEqual(words(said, chosen), { alt, mark });
  });
}

const LANGUAGES = [
  ["de-AT", "Vielleicht: "],
  ["en", "Perhaps: "],
  ["EN-us", "Perhaps: "],
  ["es", "Quizás: "],
  ["fr", "Peut-être : "],
  ["", "Perhaps: "],
  ["constructor", "Perhaps: "],
];

for (const [language, hedge] of LANGUAGES) {
  test(`around a caption in "${language}" stand words in its language`, () => {
    assert.equal(words({ language, text: "x", mean_logprob: -2 }).alt, `${hedge}x`);
  });
}

const HIDDEN = [
  ["text", { kind: "text", text: "Balance 1,204 €" }, "Picture of text"],
  ["a number in a caption", { text: "a sign with 42 on it" }, "a sign with on it"],
  ["what a sign says", { text: "a white sign that says stop here" }, "a white sign"],
  ["what a letter reads", { text: "a letter reading dear Ann" }, "a letter"],
  ["words that are quoted", { text: 'a mug, "World\'s best"' }, "a mug"],
  ["words that a caption names", { text: "a shirt with the word hope on it" }, "a shirt"],
  ["digits of other scripts", { text: "a card ٤٢ x²" }, "a card"],
];

for (const [name, said, expected] of HIDDEN) {
  test(`a page that cannot see a picture does not learn ${name}`, () => {
    assert.equal(words(said, {}, UNSEEN).alt, expected);
  });
}

test("a page that cannot see a picture learns at most a short caption, and nothing where all was reading", () => {
  const long = "a dog and ".repeat(50);

  assert.ok(words({ text: long }, { verbosity: "full" }, UNSEEN).alt.length <= 126);
  assert.equal(words({ text: "42" }, {}, UNSEEN).alt, null);
  assert.equal(words({ text: "42", mean_logprob: -5 }, {}, UNSEEN).alt, null);
});

test("long answers are cut between words, short ones shorter", () => {
  const text = "lorem ipsum ".repeat(100);

  const full = words({ kind: "text", text }).alt;
  const short = words({ kind: "text", text }, { verbosity: "short" }).alt;

  assert.ok(full.length <= 507 && full.length > 400 && full.endsWith("m…"), full);
  assert.ok(short.length <= 132 && short.length > 100 && short.endsWith("m…"), short);
});

test("nothing is cut in the middle of a character", () => {
  const { alt } = words({ text: `${"x".repeat(499)}🐈y` });

  assert.equal(alt, `${"x".repeat(499)}…`);
});
