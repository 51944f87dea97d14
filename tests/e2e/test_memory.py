"""A page that is scrolled for hours: what it drops is kept by nobody."""

from __future__ import annotations

from e2e.browser import Browser, until
from e2e.cases import Script
from e2e.website import Website

BATCHES, OF = 8, 25
# Each batch takes the place of the one before, as in a list that shows only what is near.
_NEXT = """
window.eval(`{
  window.dropped ??= [];
  const feed = document.getElementById("feed");
  for (const image of feed.children) {
    dropped.push(new WeakRef(image));
  }
  feed.replaceChildren(...Array.from({length: ${arguments[1]}}, () => {
    const image = new Image(48, 36);
    image.src = "${arguments[0]}";
    return image;
  }));
}`);
"""
_ALL_DESCRIBED = """
return [...document.querySelectorAll("#feed img")].every((one) => one.alt !== "");
"""
_COLLECT = """
const done = arguments[arguments.length - 1];
Cc["@mozilla.org/memory-reporter-manager;1"].getService(Ci.nsIMemoryReporterManager)
  .minimizeMemoryUsage(() => {
    Services.obs.notifyObservers(null, "child-gc-request");
    Services.obs.notifyObservers(null, "child-cc-request");
    setTimeout(done, 200);
  });
"""
_LEFT = """
return window.wrappedJSObject.eval("dropped.filter((one) => one.deref() !== undefined).length");
"""


def test_images_that_the_page_drops_are_kept_by_nobody(
    scripted: Browser, site: Website, script: Script
) -> None:
    """Described images that went are collected, though they could be restored while they lived."""
    script.say()
    scripted.open(site.page('<div id="feed"></div>'))
    for _ in range(BATCHES):
        scripted.script(_NEXT, site.picture().path, OF)
        until(lambda: scripted.script(_ALL_DESCRIBED), "a batch that is described")
    scripted.script(_NEXT, site.picture().path, 0)

    def left() -> int:
        scripted.chrome_later(_COLLECT)
        found: int = scripted.script(_LEFT)
        return found

    # Marionette itself and the last batch's questions may still hold one or two.
    until(lambda: left() <= OF // 5, f"{BATCHES * OF} images that were collected")
