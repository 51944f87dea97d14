"""The pictures that triage learns from, and the others that judge it.

Drawn pictures come from `drawn` to learn and from `drawn_check` to judge, packages of Debian are
in one of the two, and photographs are parted by the committed split.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from altlens_training.data import load_corpus
from altlens_training.drawn import charts, icons, maps, pages, screens
from altlens_training.drawn.sheet import Sheet, new_sheet

LONGEST_SIDE = 512
"""The extension sends no more pixels than this on the longer side, as a JPEG."""


class Shown(NamedTuple):
    """A picture as the worker sees it.

    Attributes:
        kind: What it is.
        source: Where it comes from: "photographs", a generator, or a package.
        image: Of mode RGB.
    """

    kind: str
    source: str
    image: Image.Image


_TEACHING: tuple[tuple[str, Callable[[Sheet], None], int], ...] = (
    ("icon", icons.icon, 300),
    ("chart", charts.bars, 90),
    ("chart", charts.lines, 90),
    ("chart", charts.dots, 90),
    ("chart", charts.pie, 90),
    ("chart", screens.diagram, 120),
    ("screenshot", screens.screenshot, 250),
    ("map", maps.street_map, 150),
    ("map", maps.country_map, 150),
    ("text", pages.page, 350),
)
_TEACHING_PACKAGES = (("icon", "gnome-icon-theme", 250), ("screenshot", "kicad-doc-en", 250))
_JUDGING_PACKAGES = (
    ("icon", "tango-icon-theme", 100),
    ("icon", "elementary-xfce-icon-theme", 100),
    ("icon", "lxde-icon-theme", 60),
    ("screenshot", "gimp-help-en/usr/share/gimp/2.0/help/en/images/menus", 60),
    ("screenshot", "gimp-help-en/usr/share/gimp/2.0/help/en/images/dialogs", 60),
    ("screenshot", "qtcreator-doc", 150),
    ("screenshot", "gnome-user-docs", 60),
)
"""A package, or a folder of it: the rest of GIMP's help shows what becomes of photographs."""

_LEAST_BYTES = {"icon": 300, "screenshot": 8000}
"""A package of screenshots has small pictures of single buttons too."""


def teaching(data: Path, packages: Path, seed: int) -> Iterator[Shown]:
    """What triage learns from.

    Args:
        data: The folder that lite is trained from.
        packages: A folder with one folder for each package, unpacked (`dpkg -x`).
        seed: Of all that is random.
    """
    rng = random.Random(seed)
    for picture in load_corpus(data).train:
        yield Shown("photo", "photographs", _sent(_smaller(Image.open(picture.path), rng), rng))
    for kind, draw, count in _TEACHING:
        for _ in range(count):
            sheet = new_sheet(rng)
            draw(sheet)
            yield Shown(kind, draw.__name__, _sent(_smaller(sheet.image, rng), rng))
    yield from _from_packages(packages, _TEACHING_PACKAGES, rng)


def judging(data: Path, packages: Path, each: int, seed: int) -> Iterator[Shown]:
    """What triage is judged by, nothing of which it has learned from.

    Args:
        data: The folder that lite is trained from.
        packages: A folder with one folder for each package, unpacked.
        each: How many are drawn of each kind.
        seed: Of all that is random.
    """
    from altlens_training.drawn_check import KINDS
    from altlens_training.drawn_check.canvas import as_sent
    from altlens_training.drawn_check.maps import map_
    from altlens_training.drawn_check.ornaments import ORNAMENTS

    rng = random.Random(seed)
    corpus = load_corpus(data)
    for picture in (*corpus.test, *corpus.validation, *corpus.labels):
        yield Shown("photo", "photographs", _sent(Image.open(picture.path), rng))
    drawn = {name: KINDS[name] for name in ("page", "chart", "icon")} | {"map": map_}
    for name, draw in (drawn | ORNAMENTS).items():
        kind = "decorative" if name in ORNAMENTS else {"page": "text"}.get(name, name)
        for _ in range(each):
            image = Image.open(io.BytesIO(as_sent(draw(rng), rng))).convert("RGB")
            yield Shown(kind, name, image)
    yield from _from_packages(packages, _JUDGING_PACKAGES, rng)


def _from_packages(
    folder: Path, wanted: tuple[tuple[str, str, int], ...], rng: random.Random
) -> Iterator[Shown]:
    """Pictures of packages; links and doubles are left out.

    Raises:
        FileNotFoundError: A package is not in the folder.
    """
    for kind, package, count in wanted:
        found = {
            (path.name, path.stat().st_size): path
            for path in sorted((folder / package).rglob("*.png"))
            if not path.is_symlink() and path.stat().st_size >= _LEAST_BYTES[kind]
        }
        if not found:
            raise FileNotFoundError(f"{folder}: no pictures of {package}; apt-get download it")
        for path in rng.sample(sorted(found.values()), min(count, len(found))):
            yield Shown(kind, package.partition("/")[0], _sent(Image.open(path), rng))


def _smaller(image: Image.Image, rng: random.Random) -> Image.Image:
    """Some as the small pictures of a page."""
    if rng.random() < 0.3 and max(image.size) > 120:
        image.thumbnail((rng.randrange(64, 320),) * 2)
    return image


def _sent(image: Image.Image, rng: random.Random) -> Image.Image:
    """Stored by the site, as a JPEG or without loss, then sent as the extension does."""
    under = Image.new("RGB", image.size, "white")
    over = image.convert("RGBA")
    under.paste(over, mask=over)
    if rng.random() < 0.5:
        under = _jpeg(under, rng.randrange(40, 96))
    under.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BILINEAR)
    return _jpeg(under, 90)


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")
