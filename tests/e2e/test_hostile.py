"""A hostile page tries to read what it may not, and to make the extension work without bound."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from e2e.browser import Browser, until
from e2e.cases import Script, sentinel
from e2e.recorder import Recording
from e2e.test_dialog import by_key, dialog
from e2e.test_popup import text
from e2e.website import Website

EVIL, BANK = "http://evil.example", "http://bank.example"
SECRET = "4711-8150"

# Whatever of a page a page can read: markup, properties, shadow roots, what its observers saw.
SPY = """
<script>
window.heard = [];
const spy = (root) => new MutationObserver((records) => {
  for (const record of records) {
    heard.push(record.target.outerHTML ?? record.target.data ?? "");
    heard.push(...[...record.addedNodes].map((one) => one.outerHTML ?? one.data ?? ""));
  }
}).observe(root, {subtree: true, childList: true, attributes: true, characterData: true});
spy(document);
const real = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (...given) {
  heard.push(given.join("="));
  return real.apply(this, given);
};
addEventListener("message", ({data}) => heard.push(JSON.stringify(data)));
for (const kind of ["copy", "focusin", "selectionchange", "contextmenu", "error"]) {
  addEventListener(kind, (event) => heard.push(String(event.target?.outerHTML)), true);
}
window.everything = () => [document.documentElement.outerHTML, ...heard, document.title,
  getSelection().toString(), ...Object.values(localStorage), document.cookie,
  ...performance.getEntries().map((one) => JSON.stringify(one))].join("\\n");
</script>
"""
FORGED = """
for (const kind of ["load", "contextmenu", "click", "keydown", "focus", "mouseover", "pageshow",
                    "visibilitychange", "DOMContentLoaded", "altlens", "describe-target"]) {
  for (let at = 0; at < 200; at += 1) {
    const detail = {type: "describe-target", request: at, target: {first: true}};
    for (const target of [document, window, document.images[0]]) {
      target.dispatchEvent(new CustomEvent(kind, {bubbles: true, detail}));
      target.dispatchEvent(new KeyboardEvent(kind, {bubbles: true, key: "d", altKey: true}));
      target.dispatchEvent(new PageTransitionEvent(kind, {bubbles: true, persisted: true}));
    }
  }
}
"""
POSING = """
const words = [
  {type: "describe", priority: "visible", page: 1, language: "en", url: "http://10.0.0.1/a.png"},
  {type: "describe-target", request: 1, target: {first: true}},
  {type: "policy", policy: {active: "automatic", repairNames: true, emptyAlts: true}},
  {type: "leave", page: 1}, {type: "take-away", request: 1}, "forget remembered", {type: "host"},
];
for (const one of words) {
  postMessage(one, "*"); window.top.postMessage(one, "*");
  new BroadcastChannel("altlens").postMessage(one);
  for (const where of [window.browser, window.chrome, navigator]) {
    try { where.runtime.sendMessage("altlens@altlens", one); } catch (error) { heard.push("none"); }
    try { where.runtime.connect("altlens@altlens").postMessage(one); } catch (error) {}
  }
}
"""


@pytest.fixture(autouse=True)
def _ordinary(script: Script) -> Iterator[None]:
    script.say()
    yield
    script.say()


def everything(firefox: Browser) -> str:
    """Return all that the page can read of itself."""
    found: str = firefox.script("return window.wrappedJSObject.everything()")
    return found


@pytest.mark.parametrize(
    "where", [BANK, "http://127.0.0.1:PORT", "http://192.168.1.1"], ids=["bank", "loopback", "lan"]
)
@pytest.mark.parametrize(
    "markup",
    [
        '<img id="a" src="{src}">',
        '<img id="a" src="{src}" crossorigin>',
        '<div id="a" role="img" style="width: 96px; height: 72px; background: url({src})"></div>',
        '<input type="image" id="a" src="{src}">',
        '<svg id="a" role="img" width="96" height="72"><image href="{src}" width="96"/></svg>',
        '<video id="a" poster="{src}" width="96" height="72"></video>',
        '<object id="a" type="image/png" data="{src}"></object>',
        '<picture><source srcset="{src}"><img id="a" src="/own.png"></picture>',
    ],
    ids=["img", "crossorigin", "background", "input", "svg image", "poster", "object", "picture"],
)
def test_a_secret_number_is_not_read_out(
    scripted: Browser, site: Website, script: Script, where: str, markup: str
) -> None:
    """A picture with a number, of a site that is none of the page's, tells the page no digit."""
    picture = site.picture()
    said = {str(picture.number): {"kind": "text", "text": f"TAN {SECRET}"}}
    script.say(answers=said)
    address = where.replace("PORT", str(site.port)) + picture.path

    scripted.open(site.page(SPY + markup.replace("{src}", address), origin=EVIL))
    # The page also hides, moves and reloads it, in case that makes somebody speak.
    scripted.script(
        "const one = $('a'); one.title = ''; one.focus(); one.click?.();"
        "one.dispatchEvent(new MouseEvent('contextmenu', {bubbles: true}));"
        "document.body.append(one);"
    )
    sentinel(scripted, site)

    assert [one for one in (SECRET, "4711", "8150", "TAN") if one in everything(scripted)] == []


def test_a_page_does_not_know_that_the_extension_is_there_before_it_writes(
    scripted: Browser, site: Website
) -> None:
    """No global, no element, no address of the extension: only its words and its mark."""
    scripted.open(site.page(SPY + '<img id="a" src="/nowhere.png" alt="words">', origin=EVIL))
    before = scripted.script("return Object.getOwnPropertyNames(window.wrappedJSObject).sort()")
    sentinel(scripted, site)

    after = scripted.script("return Object.getOwnPropertyNames(window.wrappedJSObject).sort()")
    assert after == before
    assert "moz-extension" not in everything(scripted)


@pytest.mark.parametrize("attack", [FORGED, POSING], ids=["forged events", "posing"])
def test_what_a_page_pretends_does_nothing(
    scripted: Browser, site: Website, recording: Recording, attack: str
) -> None:
    """Events and messages of the page's own making bring no question, no word and no window."""
    picture = site.picture()
    windows = len(scripted.marionette.window_handles)
    scripted.open(
        site.page(SPY + f'<img id="a" src="{picture.path}" alt=""><a href="#x">x</a>', origin=EVIL)
    )
    sentinel(scripted, site)
    recording.forget()

    scripted.script("window.eval(arguments[0])", attack)
    last = sentinel(scripted, site)

    assert recording.numbers() == [last.number]
    assert scripted.attributes("a") == {"id": "a", "src": picture.path, "alt": ""}
    assert len(scripted.marionette.window_handles) == windows


def test_a_page_cannot_open_the_extensions_own_pages(scripted: Browser, site: Website) -> None:
    """Neither in a frame nor in a window, though it knew their address."""
    address = scripted.chrome(
        "return WebExtensionPolicy.getByID('altlens@altlens').getURL('dialog/dialog.html')"
    )
    scripted.open(site.page(SPY + f'<iframe id="f" src="{address}"></iframe>', origin=EVIL))
    windows = len(scripted.marionette.window_handles)
    scripted.script("try { window.open(arguments[0]) } catch {} location.hash = 'x'", address)
    sentinel(scripted, site)

    inside = scripted.script("try { return $('f').contentDocument.URL } catch { return '' }")
    assert "moz-extension" not in (inside or "")
    urls = scripted.chrome(
        "return gBrowser.browsers.map((one) => one.currentURI.spec)"
        ".filter((one) => one.includes('dialog'))"
    )
    assert urls == []
    assert len(scripted.marionette.window_handles) <= windows + 1


# All ways from one window to another, tried on the dialog's own address, which no page could guess.
BREAK_IN = """
const [address, done] = given;
const seen = [];
const look = (other) => {
  for (const read of [
    () => other.document.documentElement.outerHTML, () => other.document.title, () => other.name,
    () => other.location.href, () => other.getSelection().toString(), () => other.length,
  ]) {
    try { seen.push(String(read())); } catch (error) { seen.push(error.name); }
  }
  try { other.postMessage({state: "answered", result: {}}, "*"); } catch (error) {}
};
for (const name of ["dialog", "altlens", "Description", "altlens@altlens"]) {
  try {
    const other = window.open("", name);
    look(other);
    other.close();
  } catch (error) { seen.push(error.name); }
}
[window.opener, parent, top, ...Array.from(frames)].filter(Boolean).forEach(look);
const frame = Object.assign(document.createElement("iframe"), {src: address});
document.body.append(frame);
const own = [async () => (await fetch(address)).text(), () => import(address),
  () => caches.keys(), () => navigator.clipboard.readText(),
  async () => JSON.stringify(await indexedDB.databases())].map(async (one) => one());
history.pushState({}, "", "#dialog"); history.back();
try {
  const other = window.open(address);
  look(other);
  other.close();
} catch (error) { seen.push(error.name); }
Promise.allSettled(own).then((all) => setTimeout(() => {
  look(frame.contentWindow);
  seen.push(...all.map(({status, value, reason}) => `${status} ${value} ${reason}`));
  heard.push(...seen);
  done(seen.length);
}, 300));
"""
LISTEN = """<script>
for (const name of ["altlens", "dialog", "altlens@altlens"]) {
  new BroadcastChannel(name).onmessage = ({data}) => heard.push(JSON.stringify(data));
}
for (const kind of ["storage", "focus", "blur", "hashchange", "popstate", "paste", "cut"]) {
  addEventListener(kind, (event) => heard.push(kind, JSON.stringify(event.newValue ?? ""),
    event.clipboardData?.getData("text") ?? ""), true);
}
</script>"""


def test_a_secret_in_the_open_dialog_stays_there(
    scripted: Browser, site: Website, script: Script
) -> None:
    """While the user reads the number, the page tries every way to the window that shows it."""
    picture = site.picture()
    script.say(answers={str(picture.number): {"kind": "text", "text": f"TAN {SECRET}"}})
    image = f'<a id="a" href="#x"><img id="b" src="{BANK}{picture.path}"></a>'
    scripted.open(site.page(SPY + LISTEN + image, origin=EVIL))
    scripted.script("$('a').focus()")
    page = scripted.marionette.current_window_handle

    with dialog(scripted, lambda: by_key(scripted)):
        shown = scripted.marionette.current_window_handle
        until(lambda: SECRET in text(scripted, "text"), "the number in the dialog")
        address = scripted.marionette.get_url()
        scripted.marionette.switch_to_window(page)
        try:
            tried = scripted.marionette.execute_async_script(
                "const [source, address, done] = arguments;"
                "document.addEventListener('tried', () => done(true), {once: true});"
                "window.wrappedJSObject.eval(`((...given) => {${source}})("
                "${JSON.stringify(address)}, () => document.dispatchEvent(new Event('tried')))`);",
                script_args=[BREAK_IN, address],
            )
            read = everything(scripted)
        finally:
            scripted.marionette.switch_to_window(shown)
        still = text(scripted, "text")

    assert tried
    assert SECRET in still
    assert [one for one in (SECRET, "4711", "8150", "TAN") if one in read] == []


def _alive(firefox: Browser, site: Website, seconds: float = 20) -> float:
    """Return how long it takes until one more image has its words."""
    start = time.monotonic()
    sentinel(firefox, site)
    taken = time.monotonic() - start
    assert taken < seconds
    return taken


def test_ten_thousand_images_cost_no_more_than_those_near_the_reader(
    scripted: Browser, site: Website, recording: Recording
) -> None:
    """A page of 10,000 pictures, drawn by a script, none of them like another."""
    script = """
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 32;
        const pen = canvas.getContext("2d");
        let html = "";
        for (let at = 0; at < 10000; at += 1) {
            pen.fillStyle = `#${(at * 1677 + 4096).toString(16).padStart(6, "0").slice(-6)}`;
            pen.fillRect(0, 0, 32, 32);
            pen.fillStyle = "white";
            pen.fillRect(at % 32, at >> 5 & 31, 3, 3);
            html += `<p><img src="${canvas.toDataURL()}" width="64" height="64"></p>`;
        }
        document.body.insertAdjacentHTML("beforeend", html);
    """
    scripted.open(site.page(f"<script>{script}</script>", origin=EVIL))

    _alive(scripted, site)

    # 64 pixels and a margin each: what is in the viewport and a thousand pixels around it.
    assert len(recording.asked()) < 100


def test_a_source_that_flips_for_ever_is_not_asked_about_for_ever(
    scripted: Browser, site: Website, recording: Recording
) -> None:
    """Hundreds of pictures a second in one element: few of them reach the host."""
    pictures = [site.picture().path for _ in range(60)]
    script = f"""
        const sources = {pictures}; let at = 0;
        const tick = () => {{ a.src = sources[at++ % sources.length]; }};
        setInterval(tick, 5);
        a.addEventListener("load", tick);
    """
    scripted.open(site.page(f'<img id="a"><script>{script}</script>', origin=EVIL))
    until(lambda: len([p for p, _ in site.asked if p in pictures]) >= 60, "all pictures shown")
    recording.forget()
    start = time.monotonic()
    until(lambda: time.monotonic() - start > 3, "three seconds of flipping", 5)

    _alive(scripted, site)

    seconds = time.monotonic() - start
    assert len(recording.asked()) <= 10 * seconds


def test_a_page_that_makes_new_pictures_for_ever_is_bounded(
    scripted: Browser, site: Website, recording: Recording
) -> None:
    """Each frame another canvas, as a blob, in a new image: the rest of Firefox is still served."""
    script = """
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 64;
        const pen = canvas.getContext("2d");
        let number = 0;
        setInterval(() => {
            number += 1;
            pen.fillStyle = `hsl(${number % 360} 80% ${20 + number % 50}%)`;
            pen.fillRect(0, 0, 64, 64);
            pen.fillStyle = "white";
            pen.fillRect(number % 60, number / 60 % 60, 4, 4);
            const image = new Image();
            image.src = canvas.toDataURL();
            box.replaceChildren(image);
        }, 5);
    """
    scripted.open(site.page(f'<div id="box"></div><script>{script}</script>', origin=EVIL))
    start = time.monotonic()
    until(lambda: time.monotonic() - start > 3, "three seconds of new pictures", 5)
    flood = len(recording.asked()) / (time.monotonic() - start)

    with scripted.tab():
        scripted.open(site.page("<p>Another tab", origin="http://news.example"))
        other = _alive(scripted, site)

    assert flood < 25
    assert other < 5


@pytest.mark.parametrize(
    "fight",
    [
        "if (a.hasAttribute('alt')) { a.removeAttribute('alt'); count += 1; }",
        "if (a.getAttribute('alt') !== null) { a.removeAttribute('alt'); a.title = ''; count++; }",
        "if (a.dataset.altlens) { delete a.dataset.altlens; a.removeAttribute('alt'); count++; }",
        "if (a.alt) { const b = a.cloneNode(); b.removeAttribute('alt');"
        " a.replaceWith(b); count++; }",
    ],
    ids=["alt", "alt and title", "mark", "clone"],
)
def test_an_attribute_fight_ends(
    scripted: Browser, site: Website, recording: Recording, fight: str
) -> None:
    """A page that undoes what we write wins after a few rounds; nobody writes or asks for ever."""
    picture = site.picture()
    script = f"""
        window.count = 0;
        new MutationObserver(() => {{
            const a = document.getElementById("a");
            {fight}
        }}).observe(document, {{attributes: true, childList: true, subtree: true}});
    """
    scripted.open(
        site.page(f'<img id="a" src="{picture.path}"><script>{script}</script>', origin=EVIL)
    )
    count = "return window.wrappedJSObject.count"
    until(lambda: scripted.script(count) > 0, "the fight")
    for _ in range(3):
        sentinel(scripted, site)
    rounds = scripted.script(count)
    for _ in range(3):
        sentinel(scripted, site)

    assert scripted.script(count) == rounds <= 30
    assert recording.numbers().count(picture.number) <= 30


def test_a_caption_cannot_break_out(scripted: Browser, site: Website, script: Script) -> None:
    """Markup in a caption is words: no script runs, no element comes."""
    picture = site.picture()
    text = '"><img src=x onerror="document.title=\'broken out\'"><script>document.title=1</script>'
    script.say(answers={str(picture.number): {"text": text}})

    scripted.open(site.page(f'<img id="a" src="{picture.path}">', origin=EVIL))
    scripted.described("a")
    sentinel(scripted, site)

    assert scripted.script("return document.images.length") == 1
    assert "broken" not in scripted.script("return document.title")
