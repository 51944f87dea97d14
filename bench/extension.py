"""What the extension costs in a real Firefox: alone, `python -m bench.extension`.

Firefox, pages and host are those of the end-to-end tests. Pages hold the demonstration's
photographs, each varied so that no memory of bytes or pixels helps.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count, islice
from pathlib import Path
from typing import Any

from altlens_installer.manifest import render
from bench import pictures, profile
from bench.measure import Measure

TESTS = Path(__file__).resolve().parents[1] / "tests"
PHOTOGRAPHS = 50
MANY = 2000
RUNS = 5
HITS = 40

# When each description came, on the page's own clock.
WATCH = """<script>
window.times = [];
new MutationObserver((records) => {
  for (const {target} of records) {
    if (target.getAttribute("alt") !== null) { times.push(performance.now()); }
  }
}).observe(document, {subtree: true, attributes: true, attributeFilter: ["alt"]});
</script>"""

# Waits for the event by which the tree of the parent process gets a name for an element; says when
# that was, on the clock that all processes share, or null. It does not look again and again: that
# would keep the process busy through which all messages go.
NAMED = """
const [id, done] = arguments;
const service = (window.keptService ??=
  Cc["@mozilla.org/accessibilityService;1"].getService(Ci.nsIAccessibilityService));
const clock = () => window.performance.timeOrigin + window.performance.now();
const find = (one) => {
  if (!one || one.id === id) {
    return one;
  }
  for (let child = one.firstChild; child; child = child.nextSibling) {
    const found = find(child);
    if (found) {
      return found;
    }
  }
  return null;
};
const told = new Set([Ci.nsIAccessibleEvent.EVENT_NAME_CHANGE, Ci.nsIAccessibleEvent.EVENT_SHOW]);
const end = (value) => {
  Services.obs.removeObserver(hear, "accessible-event");
  window.clearTimeout(patience);
  done(value);
};
const hear = (subject) => {
  const now = clock();
  const { eventType, accessible } = subject.QueryInterface(Ci.nsIAccessibleEvent);
  if (told.has(eventType) && find(accessible)?.name) {
    end(now);
  }
};
const patience = window.setTimeout(end, 5000, null);
Services.obs.addObserver(hear, "accessible-event");
"""
SOON = 150

# Shows photographs that have loaded; where they are to be on the screen first, in an editor, in
# which nothing is described, and which then ends. Says when they could be described.
SHOW = """
const [paths, settle, done] = arguments;
const images = paths.map((path) => Object.assign(new Image(200, 150), {src: path}));
const place = document.createElement("div");
place.toggleAttribute("contenteditable", settle !== null);
document.body.append(place);
const begin = () => {
  place.removeAttribute("contenteditable");
  done(performance.now());
};
Promise.all(images.map((one) => one.decode())).then(() => {
  place.append(...images);
  if (settle === null) {
    begin();
  } else {
    setTimeout(begin, settle);
  }
});
"""
SETTLE = 700


def every() -> Iterator[Measure]:
    """Measure in one Firefox, one after the other; nothing else should run meanwhile."""
    with _firefox() as (browser, site):
        bench = Bench(browser, site)
        yield from bench.first_of_fifty()
        yield from bench.main_thread()
        yield bench.cache_hits()
        yield bench.memory()


class Bench:
    """A running Firefox with the extension, and pages for it."""

    def __init__(self, browser: Any, site: Any) -> None:
        """Use a Firefox and a website, and have the model loaded."""
        self._browser = browser
        self._site = site
        self._numbers = count()
        self._files = pictures.endless()
        self._describe(3)

    def first_of_fifty(self) -> Iterator[Measure]:
        """How much later the first description comes on a page of fifty than on one of one.

        Once when the photographs are on the screen, so that only what the extension does is
        compared; and once, without a limit, with what Firefox needs to show fifty instead of one.
        """
        name = f"first description on a page of {PHOTOGRAPHS}, to that of a single photograph"
        for since, settle, limit in (("shown", SETTLE, 1.3), ("put in", None, None)):
            ratios = []
            for _ in range(RUNS):
                alone = self._first(1, settle)
                ratios.append(self._first(PHOTOGRAPHS, settle) / alone)
            yield Measure(f"{name}: since they were {since}", "times", ratios, limit)

    def main_thread(self) -> Iterator[Measure]:
        """How long the page's main thread is kept by the extension's scripts.

        Each page has a tab of its own: in one that has shown fifty already, pictures are let
        through a few a second, and the page takes twice as long.
        """
        longest, whole = [], []
        for _ in range(RUNS):
            with self._browser.tab():
                profile.start(self._browser)
                self._describe(PHOTOGRAPHS)
                taken = profile.stop(self._browser)
            longest.append(taken.longest)
            whole.append(taken.whole)
            for place, milliseconds in taken.places[:5]:
                print(f"  {milliseconds:6.1f} ms in {place}", file=sys.stderr)
        yield Measure(
            f"page's main thread, {PHOTOGRAPHS} photographs: at a time", "ms", longest, 50
        )
        yield Measure(f"page's main thread, {PHOTOGRAPHS} photographs: in all", "ms", whole, 150)

    def cache_hits(self) -> Measure:
        """From an image's insertion to its name in the tree, where the host knows the picture."""
        browser = self._browser
        paths = self._paths(HITS)
        self._open(paths)
        self._wait(HITS)
        browser.open(self._site.page("<p id='here'>Pictures"))
        values = []
        for number, path in enumerate(paths):
            name = f"hit{number}"
            browser.marionette.execute_async_script(
                # Decoded before, so that what is measured is ours and not the network's; and
                # inserted when the other process looks already.
                "const [name, path, soon, done] = arguments; const image = new Image();"
                "image.src = path; image.id = name; image.width = 96;"
                "image.decode().then(() => { setTimeout(() => {"
                "  document.body.prepend(image);"
                "  window.inserted = performance.timeOrigin + performance.now(); }, soon);"
                "  done(); });",
                script_args=[name, path, SOON],
                sandbox="bench",
            )
            named = browser.chrome_later(NAMED, name)
            inserted = browser.marionette.execute_script(
                "return window.inserted", sandbox="bench", new_sandbox=False
            )
            if named is not None:
                values.append(named - inserted)
            browser.script("$(arguments[0])?.remove()", name)
        if len(values) < HITS / 2:
            raise RuntimeError(f"only {len(values)} of {HITS} pictures got a name")
        return Measure("known picture: from insertion to its name in the tree", "ms", values, 30)

    def memory(self) -> Measure:
        """What the content script holds after many images."""
        paths = self._paths(PHOTOGRAPHS)
        self._open([paths[at % PHOTOGRAPHS] for at in range(MANY)], 'width="30" height="30"')
        self._wait(MANY, patience=180)
        used = profile.content_script_megabytes(self._browser)
        return Measure(f"content script after {MANY} images", "MB", [used], 5)

    def _first(self, photographs: int, settle: int | None) -> float:
        """Show photographs that have loaded; return how soon the first of them is described.

        Args:
            photographs: How many.
            settle: They are shown so many milliseconds before they may be described; None for at
                once.
        """
        self._browser.open(self._site.page(WATCH))
        since: float = self._browser.marionette.execute_async_script(
            SHOW, script_args=[self._paths(photographs), settle]
        )
        return self._wait(photographs)[0] - since

    def _describe(self, photographs: int) -> list[float]:
        """Open a page; return when each description came, in ms after the page was asked for."""
        self._open(self._paths(photographs))
        return self._wait(photographs)

    def _paths(self, photographs: int) -> list[str]:
        return [
            self._site.put(f"/bench/{next(self._numbers)}.jpg", file, "image/jpeg")
            for file in islice(self._files, photographs)
        ]

    def _open(self, paths: list[str], size: str = 'width="200" height="150"') -> None:
        images = "".join(f'<img src="{path}" {size}>' for path in paths)
        self._browser.open(self._site.page(WATCH + images))

    def _wait(self, photographs: int, patience: float = 60) -> list[float]:
        """Wait until all are described, or nothing has come for a while: some may be unsure."""
        found: list[float] = []
        last = time.monotonic()
        deadline = last + patience
        while len(found) < photographs and time.monotonic() < deadline:
            now = self._browser.script("return [...window.wrappedJSObject.times]")
            if len(now) > len(found):
                found, last = now, time.monotonic()
            elif found and time.monotonic() - last > 3:
                break
            time.sleep(0.05)
        if not found:
            raise RuntimeError("nothing was described")
        return found


@contextmanager
def _firefox() -> Iterator[tuple[Any, Any]]:
    sys.path.insert(0, str(TESTS))
    from e2e import browser
    from e2e.website import Website

    from bench.processes import Launcher

    binary = browser.executable()
    if binary is None:
        raise RuntimeError("Firefox is not there")
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="altlens-bench-")))
        launcher = Launcher()
        manifest = home / ".mozilla/native-messaging-hosts/altlens.json"
        manifest.parent.mkdir(parents=True)
        manifest.write_bytes(render(TESTS.parent / "manifests", launcher.script))
        site = Website()
        stack.callback(site.close)
        exact = {"privacy.reduceTimerPrecision": False}
        chosen = browser.behind_proxy(site.port) | exact
        extension = TESTS.parent / "extension"
        running = stack.enter_context(browser.with_extension(binary, home, extension, chosen))
        yield running, site


if __name__ == "__main__":
    made = []
    for measure in every():
        made.append(measure.passed)
        print(measure.row(), flush=True)
    print(f"{statistics.mean(made):.0%} of the limits hold", file=sys.stderr)
    sys.exit(0 if all(made) else 1)
