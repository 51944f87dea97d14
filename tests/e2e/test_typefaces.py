"""How much of rendered text is read wrongly, by typeface and size, from a page to its answer.

`make text` fetches the typefaces and writes the table into docs/QUALITY.md.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.website import Website
from PIL import Image, ImageDraw, ImageFont
from support import text_recognizer
from support.edits import distance

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("quicker", "usual_settings"),
]

TYPEFACES = {
    "DejaVu Sans": "DejaVuSans.ttf",
    "DejaVu Serif": "DejaVuSerif.ttf",
    "DejaVu Sans Mono": "DejaVuSansMono.ttf",
    "Liberation Sans": "LiberationSans-Regular.ttf",
    "Liberation Serif": "LiberationSerif-Regular.ttf",
    "Caladea": "Caladea-Regular.ttf",
    "Carlito": "Carlito-Regular.ttf",
    "Noto Sans": "NotoSans-Regular.ttf",
    "Noto Serif": "NotoSerif-Regular.ttf",
    "Open Sans": "OpenSans-Regular.ttf",
    "Lato": "Lato-Regular.ttf",
    "Roboto": "Roboto-Regular.ttf",
    "EB Garamond": "EBGaramond12-Regular.otf",
}
"""Those of documents and of pages; the last is a typeface of books, made for print."""

SIZES = (12, 14, 16, 20)
"""Pixels, as CSS counts a font's size."""

MOST = 0.05
"""Of the characters may be wrong."""

WIDE, WIDTHS = 1600, (1500, 1500, 700, 700, 700)
"""The picture, and what its lines are at most; in pixels."""

WORDS = (
    "Trains to the coast leave from platform 4 at noon; will all fifty pupils fill the hall? "
    'The bill is 1,116.50, he said, "a little illness". Jelly, filling, Illinois (see page 711). '
    "Dogs travel free, bicycles need a ticket of 6.50 and a lock. Unwilling millers spill milk."
).split()

FOLDERS = (Path(os.environ.get("ALTLENS_FONTS") or "/nowhere"), Path("/usr/share/fonts"))
DOCUMENT = Path(__file__).parents[2] / "docs/QUALITY.md"
BEGIN, END = "<!-- text: begin -->", "<!-- text: end -->"


@pytest.fixture(scope="module")
def quicker(home: Path) -> Iterator[None]:
    """What an installation makes, where the host looks for it."""
    place = text_recognizer.put(home / ".local/share/altlens")
    yield
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def table() -> Iterator[dict[str, list[float]]]:
    """What was measured; printed, and written where that is asked for and nothing lacks."""
    made: dict[str, list[float]] = {}
    yield made
    lines = [f"| typeface | {' | '.join(f'{size} px' for size in SIZES)} |", "|---|" + "---:|" * 4]
    lines += [
        f"| {name} | {' | '.join(f'{one:.1%}' for one in row)} |" for name, row in made.items()
    ]
    print("", *lines, sep="\n")
    if os.environ.get("ALTLENS_TEXT") == "write" and set(made) == set(TYPEFACES):
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
        text = "\n".join((BEGIN, *lines, END))
        DOCUMENT.write_text(before + text + rest.split(END)[1], encoding="utf-8")


@pytest.mark.parametrize("name", TYPEFACES)
def test_rendered_text_is_read(
    firefox: Browser,
    site: Website,
    recording: Recording,
    table: dict[str, list[float]],
    name: str,
) -> None:
    """In lines that run across the picture, and in a column."""
    files = (file for folder in FOLDERS for file in sorted(folder.rglob(TYPEFACES[name])))
    file = next(files, None)
    if file is None:
        pytest.skip(f"{name} is not on this machine: make text fetches it")

    wrong = [_wrong(firefox, site, recording, file, size) for size in SIZES]

    table[name] = wrong
    assert max(wrong) <= MOST, wrong


def _wrong(firefox: Browser, site: Website, recording: Recording, file: Path, size: int) -> float:
    """Return the share of characters that have to be changed, of one picture."""
    picture, wanted = _drawn(file, size)
    path = f"/{file.stem}-{size}.png"
    site.put(path, picture, "image/png")
    recording.forget()

    firefox.open(site.page(f'<img src="{path}" width="{WIDE}">'))

    until(lambda: recording.answered() or recording.answered("error"), "the answer", 120)
    (answer,) = recording.answered()
    assert not answer["read"].endswith("…"), "time was up: measure on a quieter machine"
    return distance(answer["read"].replace("\n", " "), wanted) / len(wanted)


def _drawn(file: Path, size: int) -> tuple[bytes, str]:
    """Return a picture of text as PNG, and what is written in it."""
    font = ImageFont.truetype(str(file), size)
    image = Image.new("RGB", (WIDE, 80 + len(WIDTHS) * size * 3 // 2), "white")
    words, lines = cycle(WORDS), []
    word = next(words)
    for row, width in enumerate(WIDTHS):
        line = ""
        while font.getlength(f"{line} {word}") <= width:
            line, word = f"{line} {word}".strip(), next(words)
        lines.append(line)
        ImageDraw.Draw(image).text((50, 40 + row * size * 3 // 2), line, "black", font)
    packed = io.BytesIO()
    image.save(packed, "PNG")
    return packed.getvalue(), " ".join(lines)
