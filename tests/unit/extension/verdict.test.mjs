import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./content_scripts.mjs";

const RULES = ["kinds", "names", "fillers", "verdict"];

/** Each case: what it is, the markup, the verdict on the element with id x. */
const CASES = [
  // W3C, An alt decision tree; the HTML specification, 4.8.4.4; axe-core's image-alt.
  ["no alt", '<img id="x" src="a.jpg">', "wanted"],
  ["alt", '<img id="x" src="a.jpg" alt="A cup of coffee">', "spoken"],
  ["empty alt", '<img id="x" src="a.jpg" alt="">', "empty"],
  ["alt without a value", '<img id="x" src="a.jpg" alt>', "empty"],
  ["blank alt", '<img id="x" src="a.jpg" alt=" &#10;">', "empty"],
  ["alt of one sign", '<img id="x" src="a.jpg" alt="→">', "spoken"],
  ["alt with an entity for a space", '<img id="x" src="a.jpg" alt="&nbsp;">', "empty"],
  ["aria-label", '<img id="x" src="a.jpg" aria-label="A cup">', "spoken"],
  ["blank aria-label", '<img id="x" src="a.jpg" aria-label=" ">', "wanted"],
  ["aria-label and empty alt", '<img id="x" src="a.jpg" alt="" aria-label="A cup">', "spoken"],
  ["title", '<img id="x" src="a.jpg" title="A cup">', "spoken"],
  ["blank title", '<img id="x" src="a.jpg" title="">', "wanted"],
  ["title and empty alt", '<img id="x" src="a.jpg" alt="" title="A cup">', "spoken"],
  ["aria-labelledby", '<img id="x" aria-labelledby="t"><p id="t">A cup</p>', "spoken"],
  ["the second of two ids", '<img id="x" aria-labelledby="no t"><p id="t">A cup</p>', "spoken"],
  ["an id that is not there", '<img id="x" aria-labelledby="no">', "wanted"],
  ["an id without text", '<img id="x" aria-labelledby="t"><p id="t"> </p>', "wanted"],
  ["a hidden id", '<img id="x" aria-labelledby="t"><p id="t" hidden>A cup</p>', "spoken"],
  ["an id with aria-label", '<img id="x" aria-labelledby="t"><p id="t" aria-label="A"></p>', "spoken"],
  ["an id that is an image", '<img id="x" aria-labelledby="t"><img id="t" alt="A cup">', "spoken"],
  ["an id around an image", '<img id="x" aria-labelledby="t"><p id="t"><img alt="A cup"></p>', "spoken"],
  ["an id that names nothing itself", '<img id="x" aria-labelledby="x">', "wanted"],
  ["aria-describedby names nothing", '<img id="x" aria-describedby="t"><p id="t">A cup</p>', "wanted"],
  ["role none", '<img id="x" role="none">', "out"],
  ["role presentation", '<img id="x" role=" Presentation ">', "out"],
  ["role presentation first of two", '<img id="x" role="presentation img">', "out"],
  ["role presentation as a fallback", '<img id="x" role="img presentation">', "wanted"],
  ["role img", '<img id="x" role="img">', "wanted"],
  ["role button", '<img id="x" role="button">', "wanted"],
  ["aria-hidden", '<img id="x" aria-hidden="true">', "out"],
  ["aria-hidden above", '<div aria-hidden="true"><p><img id="x"></p></div>', "out"],
  ["aria-hidden in capitals", '<div aria-hidden="TRUE"><img id="x"></div>', "out"],
  ["aria-hidden false", '<div aria-hidden="false"><img id="x"></div>', "wanted"],
  ["aria-hidden without a value", '<div aria-hidden><img id="x"></div>', "wanted"],
  ["inert above", '<div inert><img id="x"></div>', "out"],
  ["inside an image", '<div role="img" aria-label="A chart"><img id="x"></div>', "out"],
  ["in a figure", '<figure><img id="x"><figcaption>A cup</figcaption></figure>', "wanted"],
  ["in a link with text", '<a href="/"><img id="x"> Home</a>', "wanted"],
  ["in a picture element", '<picture><source srcset="a.webp"><img id="x"></picture>', "wanted"],
  ["srcset only", '<img id="x" srcset="a.jpg 1x">', "wanted"],
  ["in an editor", '<div contenteditable><p><img id="x"></p></div>', "edited"],
  ["in an editor of plain text", '<div contenteditable="plaintext-only"><img id="x"></div>', "edited"],
  ["in an island in an editor", '<div contenteditable><p contenteditable="false"><img id="x"></p></div>', "wanted"],
  ["alt in an editor", '<div contenteditable><img id="x" alt="A cup"></div>', "spoken"],
  // Fillers, by a table of their own in fillers.test.mjs.
  ["a file's name", '<img id="x" alt="IMG_1234.jpg">', "filler"],
  ["a word that says nothing", '<img id="x" alt="Image">', "filler"],
  ["a file's name with a title", '<img id="x" alt="IMG_1234.jpg" title="A cup">', "spoken"],
  ["a file's name that is not read", '<img id="x" alt="IMG_1234.jpg" role="none">', "out"],
  // ACT 59796f: image buttons.
  ["image button", '<input id="x" type="image" src="a.png">', "wanted"],
  ["image button in capitals", '<input id="x" type="IMAGE" src="a.png">', "wanted"],
  ["image button with alt", '<input id="x" type="image" alt="Search">', "spoken"],
  ["image button with empty alt", '<input id="x" type="image" alt="">', "empty"],
  ["image button with a label around", '<label>Search <input id="x" type="image"></label>', "spoken"],
  ["image button with a label beside", '<label for="x">Search</label><input id="x" type="image">', "spoken"],
  ["image button with a value", '<input id="x" type="image" value="Search">', "wanted"],
  ["image button with a title", '<input id="x" type="image" title="Search">', "spoken"],
  ["another input", '<input id="x" type="text">', "none"],
  // ACT 7d6734: svg elements with an explicit role.
  ["svg with role img", '<svg id="x" role="img"><circle r="9"/></svg>', "wanted"],
  ["svg with role image", '<svg id="x" role="image"></svg>', "wanted"],
  ["svg without a role", '<svg id="x"><circle r="9"/></svg>', "none"],
  ["svg with another role", '<svg id="x" role="graphics-document"></svg>', "none"],
  ["svg with role none", '<svg id="x" role="none"></svg>', "none"],
  ["svg with a title", '<svg id="x" role="img"><title>A cup</title></svg>', "spoken"],
  ["svg with an empty title", '<svg id="x" role="img"><title></title></svg>', "wanted"],
  ["svg with a title further down", '<svg id="x" role="img"><g><title>A cup</title></g></svg>', "wanted"],
  ["svg with aria-label", '<svg id="x" role="img" aria-label="A cup"></svg>', "spoken"],
  ["svg with an alt that means nothing", '<svg id="x" role="img" alt="A cup"></svg>', "wanted"],
  ["svg in an image", '<span role="img" aria-label="A"><svg id="x" role="img"></svg></span>', "out"],
  // ACT 23a2a8: elements with role img.
  ["role img", '<div id="x" role="img"></div>', "wanted"],
  ["role image", '<div id="x" role="image"></div>', "wanted"],
  ["role img with aria-label", '<div id="x" role="img" aria-label="A cup"></div>', "spoken"],
  ["role img with a title", '<i id="x" role="img" title="A cup"></i>', "spoken"],
  ["role img with an alt that means nothing", '<div id="x" role="img" alt="A cup"></div>', "wanted"],
  ["role img as a fallback", '<div id="x" role="button img"></div>', "none"],
  ["no role", '<div id="x" style="background: url(a.png)"></div>', "none"],
  // axe-core's area-alt.
  ["area", '<map name="m"><area id="x" href="/" coords="0,0,9,9"></map>', "wanted"],
  ["area with alt", '<map name="m"><area id="x" href="/" alt="North"></map>', "spoken"],
  ["area with empty alt", '<map name="m"><area id="x" href="/" alt=""></map>', "empty"],
  ["area with aria-label", '<map name="m"><area id="x" href="/" aria-label="North"></map>', "spoken"],
  ["area that leads nowhere", '<map name="m"><area id="x"></map>', "wanted"],
  // ACT 8fc3b6: object elements; axe-core's object-alt.
  ["object", '<object id="x" data="a.png"></object>', "wanted"],
  ["object by its type", '<object id="x" type="image/png" data="/chart"></object>', "wanted"],
  ["object by its data", '<object id="x" data="data:image/png;base64,AA"></object>', "wanted"],
  ["object with a query", '<object id="x" data="/a.SVG?b=1#c"></object>', "wanted"],
  ["object of a document", '<object id="x" data="a.pdf"></object>', "none"],
  ["object of another type", '<object id="x" type="text/html" data="a.png"></object>', "none"],
  ["object without data", '<object id="x" type="image/png"></object>', "none"],
  ["object with aria-label", '<object id="x" data="a.png" aria-label="A cup"></object>', "spoken"],
  ["object with a title", '<object id="x" data="a.png" title="A cup"></object>', "spoken"],
  ["object with role none", '<object id="x" data="a.png" role="none"></object>', "out"],
  ["object with a fallback, which is not read", '<object id="x" data="a.png">A cup</object>', "wanted"],
  ["embed", '<embed id="x" src="a.png">', "wanted"],
  ["embed of a film", '<embed id="x" src="a.mp4">', "none"],
  ["embed with a title", '<embed id="x" src="a.png" title="A cup">', "spoken"],
  // Video posters.
  ["video with a poster", '<video id="x" poster="a.jpg"></video>', "wanted"],
  ["video without a poster", '<video id="x"></video>', "none"],
  ["video with an empty poster", '<video id="x" poster=""></video>', "none"],
  ["video with aria-label", '<video id="x" poster="a.jpg" aria-label="A film"></video>', "spoken"],
  ["a paragraph", '<p id="x">A cup</p>', "none"],
];

for (const [name, html, expected] of CASES) {
  test(`${expected}: ${name}`, () => {
    const window = load(RULES, html);

    assert.equal(window.verdictOn(window.document.getElementById("x")), expected);
  });
}

test("the verdict on an image with our alt is that on its author's", () => {
  const window = load(RULES, '<img id="x" alt="Perhaps: a cup">');
  const image = window.document.getElementById("x");

  assert.equal(window.verdictOn(image, [{ name: "alt", before: null }]), "wanted");
  assert.equal(window.verdictOn(image, [{ name: "alt", before: "IMG_1.jpg" }]), "filler");
  image.setAttribute("aria-label", "Perhaps: a cup");
  image.removeAttribute("alt");
  assert.equal(window.verdictOn(image, [{ name: "aria-label", before: " " }]), "wanted");
});

test("what hides a shadow tree hides the images in it", () => {
  const window = load(RULES, '<p id="hidden" aria-hidden="true"><span></span></p><p id="shown"><span></span></p>');
  const verdicts = ["hidden", "shown"].map((id) => {
    const root = window.document.getElementById(id).firstChild.attachShadow({ mode: "open" });
    root.innerHTML = '<img src="a.jpg">';
    return window.verdictOn(root.querySelector("img"));
  });

  assert.deepEqual(verdicts, ["out", "wanted"]);
});

test("an id names images in its own tree only", () => {
  const window = load(RULES, '<p id="t">A cup</p><div id="host"></div>');
  const root = window.document.getElementById("host").attachShadow({ mode: "open" });
  root.innerHTML = '<img aria-labelledby="t"><img aria-labelledby="u"><p id="u">A cup</p>';

  const verdicts = [...root.querySelectorAll("img")].map((image) => window.verdictOn(image));

  assert.deepEqual(verdicts, ["wanted", "spoken"]);
});

test("an image outside of a document is judged without an error", () => {
  const window = load(RULES);
  const parent = window.document.createElement("p");
  parent.innerHTML = '<img aria-labelledby="t"><i id="t">A cup</i>';

  assert.equal(window.verdictOn(parent.firstChild), "wanted");
});

/** Whether the image with id x is all that its control is named after. */
const CONTROLS = [
  ["a link", '<a href="/"><img id="x"></a>', true],
  ["a link with blanks", '<a href="/"> <span>\n</span><img id="x"></a>', true],
  ["a button", '<button><img id="x"></button>', true],
  ["role button", '<div role="button"><p><img id="x"></p></div>', true],
  ["a link with text", '<a href="/"><img id="x">Home</a>', false],
  ["a link with hidden text", '<a href="/"><img id="x"><span class="sr-only">Home</span></a>', false],
  ["a link with a name", '<a href="/" aria-label="Home"><img id="x"></a>', false],
  ["a link with a title", '<a href="/" title="Home"><img id="x"></a>', false],
  ["a link with another image that has a name", '<a href="/"><img id="x"><img alt="Home"></a>', false],
  ["a link with another image without one", '<a href="/"><img id="x"><img alt=""></a>', true],
  ["an anchor that leads nowhere", '<a><img id="x"></a>', false],
  ["a paragraph", '<p><img id="x"></p>', false],
  ["an image button", '<input id="x" type="image">', true],
  ["an area", '<map><area id="x" href="/"></map>', true],
];

for (const [name, html, expected] of CONTROLS) {
  test(`${expected ? "alone in its control" : "not alone in a control"}: ${name}`, () => {
    const window = load(RULES, html);

    assert.equal(window.isLoneInControl(window.document.getElementById("x")), expected);
  });
}

test("a figure's caption belongs to its only image", () => {
  const caption = "<figcaption>A cup\n of <b>coffee</b></figcaption>";
  const window = load(
    RULES,
    `<figure><img id="one">${caption}</figure><figure><img id="two"><img>${caption}</figure><img id="three">`,
  );

  const found = ["one", "two", "three"].map((id) =>
    window.figcaptionOf(window.document.getElementById(id)),
  );

  assert.deepEqual(found, ["A cup of coffee", "", ""]);
});
