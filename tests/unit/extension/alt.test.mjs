import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./content_scripts.mjs";

const SCRIPTS = ["kinds", "names", "fillers", "verdict", "shown", "alt"];
const WORDS = { alt: "Perhaps: a cup", mark: "described:lite" };

function open(html) {
  const window = load(SCRIPTS, html);
  const element = window.document.getElementById("x");
  const kind = window.kindOf(element);
  return {
    window,
    element,
    body: () => window.document.body.innerHTML,
    write: (words = WORDS) =>
      window.write(element, kind, { source: "", words, writes: 0, byHand: false }),
  };
}

const KINDS = {
  img: '<img src="a.png" id="x" class="b">',
  "img with a blank title": '<img id="x" title=" ">',
  "img with a file's name": '<img alt="IMG_1.jpg" id="x" src="a.png">',
  "img with a mark of its author's": '<img data-altlens="" id="x">',
  "image button": '<input id="x" type="image" value="1">',
  area: '<map name="m"><area id="x" href="/" coords="1,2,3,4"></map>',
  svg: '<svg id="x" role="img"><g></g></svg>',
  "role img": '<div id="x" role="img" style="color: red">a</div>',
  video: '<video id="x" poster="a.png"></video>',
  object: '<object id="x" data="a.png">b</object>',
  embed: '<embed id="x" src="a.png">',
  "img with a blank aria-label": '<img aria-label=" " id="x">',
  "img labelled by nothing": '<img aria-labelledby="a b" id="x">',
  "img with both": '<img aria-labelledby="a" aria-label="" id="x" alt="image">',
};

for (const [name, html] of Object.entries(KINDS)) {
  test(`named, and as before after undo: ${name}`, () => {
    const { window, element, body, write } = open(html);
    const before = [...element.attributes].map(({ name: one, value }) => `${one}=${value}`);
    const whole = body();

    write();
    const named = [element.getAttribute("alt"), element.getAttribute("aria-label")];
    const verdict = window.verdictOnAuthors(element);
    window.undoAll();

    assert.ok(named.includes("Perhaps: a cup"));
    assert.match(verdict, /^(?:wanted|filler)$/);
    const after = [...element.attributes].map(({ name: one, value }) => `${one}=${value}`);
    assert.deepEqual(after.sort(), before.sort());
    if (!name.includes("labelled by") && !name.includes("both")) {
      assert.equal(body(), whole);
    }
  });
}

test("where Firefox would not tell of an alt, another attribute is written", () => {
  const written = Object.entries(KINDS).map(([name, html]) => {
    const { element, write } = open(html);
    write();
    return [name, element.getAttribute("alt") === WORDS.alt ? "alt" : "aria-label"];
  });

  assert.deepEqual(
    written.filter(([, attribute]) => attribute === "alt").map(([name]) => name),
    ["img", "img with a blank title", "img with a file's name", "img with a mark of its author's", "image button"],
  );
});

test("what the page changed since is the page's", () => {
  const { window, element, write } = open('<img id="x" alt="image">');
  write();

  element.setAttribute("alt", "A cup");
  window.undoAll();

  assert.equal(element.outerHTML, '<img id="x" alt="A cup">');
});

test("a page that names its image after us has the last word, and our mark goes", () => {
  const { window, element, write } = open('<img id="x">');
  write();

  element.setAttribute("alt", "A cup");
  window.yieldToAuthor(element);

  assert.equal(element.outerHTML, '<img id="x" alt="A cup">');
});

test("an image that was taken out of the page is restored too", () => {
  const { window, element, write } = open('<img id="x">');
  write();

  element.remove();
  window.undoAll();

  assert.equal(element.outerHTML, '<img id="x">');
});

test("only an img is hidden by an empty name", () => {
  const img = open('<img id="x">');
  const svg = open('<svg id="x" role="img"><g></g></svg>');

  img.write({ alt: "", mark: "decorative" });
  svg.write({ alt: "", mark: "decorative" });

  assert.equal(img.element.outerHTML, '<img id="x" alt="" data-altlens="decorative">');
  assert.equal(svg.element.attributes.length, 2);
});

test("a link is not left without a name by words that say nothing", () => {
  const { element, write } = open('<a href="/"><img id="x"></a>');

  write({ alt: "", mark: "decorative" });

  assert.equal(element.outerHTML, '<img id="x">');
});

test("without a mark none is set, and nothing to say writes nothing", () => {
  const unmarked = open('<img id="x">');
  const unsure = open('<img id="x">');

  unmarked.write({ alt: "A cup", mark: null });
  unsure.write({ alt: null, mark: null });

  assert.equal(unmarked.element.outerHTML, '<img id="x" alt="A cup">');
  assert.equal(unsure.element.outerHTML, '<img id="x">');
});

test("a page that takes our words away gets them back twice", () => {
  const { window, element } = open('<img id="x">');
  const known = { source: "", words: WORDS, writes: 0, byHand: false };

  const kept = [1, 2, 3, 4, 5].map(() => {
    window.write(element, "img", known);
    const has = element.hasAttribute("alt");
    element.removeAttribute("alt");
    return has;
  });

  assert.deepEqual(kept, [true, true, true, false, false]);
});

test("words are text and nothing else", () => {
  const { element, write } = open('<img id="x">');

  write({ alt: '"><script>alert(1)</script>', mark: null });

  assert.equal(element.getAttribute("alt"), '"><script>alert(1)</script>');
  assert.equal(element.parentElement.children.length, 1);
});

test("what was undone one by one is not kept", () => {
  const { window } = open('<img id="x">');
  for (let number = 0; number < 2000; number += 1) {
    const image = window.document.createElement("img");
    window.write(image, "img", { source: "", words: WORDS, writes: 0, byHand: false });
    window.undo(image);
  }

  assert.ok([...window.ourElements()].length <= 257);
});
