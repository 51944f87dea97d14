"""Pages as they are found: manuals of Debian packages, taken from the archive when this runs.

Nothing of them is kept. They are unpacked beside the system, not installed: images of containers
often leave /usr/share/doc out. Licences, by each package's copyright file: graphviz EPL-1.0,
FFTW GPL-2+, Privoxy GPL-2+, cairo LGPL-2.1 or MPL-1.1, aptitude GPL-2+.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from e2e.browser import Browser, until
from e2e.cases import sentinel
from e2e.recorder import Recording
from e2e.website import Website


class Found(NamedTuple):
    """One page.

    Attributes:
        package: Debian's package.
        folder: Where its manual lies below /usr/share.
        page: The page in that folder.
        bare: Whether it has images that need words: cairo's arrows have no alt, and are too small.
    """

    package: str
    folder: str
    page: str
    bare: bool


PAGES = [
    Found("graphviz-doc", "doc/graphviz/html", "info/shapes.html", True),
    Found("graphviz-doc", "doc/graphviz/html", "info/arrows.html", True),
    Found(
        "libfftw3-doc",
        "doc/libfftw3-dev/html",
        "The-1d-Discrete-Fourier-Transform-_0028DFT_0029.html",
        True,
    ),
    Found(
        "libfftw3-doc", "doc/libfftw3-dev/html", "1d-Real_002dodd-DFTs-_0028DSTs_0029.html", True
    ),
    Found("privoxy", "doc/privoxy/user-manual", "startup.html", True),
    Found("libfftw3-doc", "doc/libfftw3-dev/html", "The-1d-Real_002ddata-DFT.html", True),
    Found("libcairo2-doc", "gtk-doc/html/cairo", "language-bindings.html", False),
    Found("aptitude-doc-en", "doc/aptitude/html/en", "ch01s01s04.html", False),
    Found("aptitude-doc-en", "doc/aptitude/html/en", "ch02s04s05.html", False),
]
WRITTEN = {"alt", "aria-label", "data-altlens", "data-altlens-was"}

_ATTRIBUTES = """
const found = [];
const walk = (root) => {
  for (const one of root.querySelectorAll("*")) {
    found.push([one.localName, [...one.attributes].map(({name, value}) => [name, value])]);
  }
};
walk(document);
return found;
"""


@pytest.fixture(scope="module")
def manuals(tmp_path_factory: pytest.TempPathFactory, site: Website) -> Path:
    """Fetch the packages and unpack them."""
    folder = tmp_path_factory.mktemp("manuals")
    packages = sorted({one.package for one in PAGES})
    fetch = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", *packages]
    if subprocess.run(fetch, cwd=folder, capture_output=True).returncode != 0:
        # The lists of a bare machine are absent or old.
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True)
        subprocess.run(fetch, cwd=folder, check=True)
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    for place in {one.folder for one in PAGES}:
        site.folder(f"/share/{place}", folder / "usr/share" / place)
    return folder


def attributes(firefox: Browser) -> list[tuple[str, dict[str, str]]]:
    """Return all elements of the page with all their attributes, in page order."""
    return [(name, dict(found)) for name, found in firefox.script(_ATTRIBUTES)]


@pytest.mark.parametrize("found", PAGES, ids=lambda one: f"{one.package}: {one.page[:24]}")
def test_a_page_as_it_is_found(
    firefox: Browser, site: Website, recording: Recording, manuals: Path, found: Found
) -> None:
    """Not an attribute of its author's changes; what we wrote goes when it is switched off."""
    address = f"{site.here}/share/{found.folder}/{found.page}"
    with firefox.chosen(paused=True):
        firefox.open(address)
        author = attributes(firefox)
    assert any(name == "img" for name, _ in author)

    firefox.open(address)
    firefox.script("document.querySelector('img:not([alt])')?.scrollIntoView()")
    until(
        lambda: not found.bare or any("data-altlens" in one for _, one in attributes(firefox)),
        "a description",
    )
    sentinel(firefox, site)
    described = attributes(firefox)
    with firefox.chosen(paused=True):
        until(
            lambda: all("data-altlens" not in one for _, one in attributes(firefox)),
            "all taken back",
        )
        undone = attributes(firefox)

    assert [name for name, _ in described] == [name for name, _ in author]
    for (_, before), (_, after) in zip(author, described, strict=True):
        assert after.items() >= before.items()
        assert after.keys() - before.keys() <= WRITTEN
    spoken = sum("alt" in one for name, one in author if name == "img")
    bare = sum(name == "img" and "alt" not in one for name, one in author)
    assert bare > 0 if found.bare else spoken > 0
    assert undone == author
