"""Pictures of what is no photograph, from generators that training never sees.

They judge whether the model has learned what a page, a chart, a blank picture and an icon are, or
only how `drawn` draws them; nothing here is shared with that module
(docs/decisions/0029-judges-for-what-is-no-photograph.md).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

from PIL import Image

from altlens_training.drawn_check.blanks import blank
from altlens_training.drawn_check.canvas import as_sent
from altlens_training.drawn_check.charts import chart
from altlens_training.drawn_check.icons import icon
from altlens_training.drawn_check.pages import page

KINDS: dict[str, Callable[[random.Random], Image.Image]] = {
    "page": page,
    "chart": chart,
    "blank": blank,
    "icon": icon,
}
"""Kind to its generator."""

_NAMES = {
    "page": {"text", "document", "page", "pages", "paragraph", "paragraphs", "writing"},
    "chart": {"chart", "charts", "graph", "graphs", "plot", "plots"},
    "icon": {"icon", "icons", "symbol", "logo", "pictogram"},
}
_EMPTY = {"blank", "empty"}
_EVEN = {"plain", "solid", "gradient"}


def named(caption: str | None) -> set[str]:
    """The kinds that a caption names; None is the answer that a picture is decorative.

    What is blank or empty holds nothing, so "a blank page" names a blank picture alone. A plain
    or solid colour is blank only where nothing stands on it: "an icon on a plain background" is
    an icon.
    """
    if caption is None:
        return {"blank"}
    words = set(re.findall(r"[a-z]+", caption.lower()))
    if words & _EMPTY:
        return {"blank"}
    found = {kind for kind, names in _NAMES.items() if words & names}
    return found or ({"blank"} if words & _EVEN else set())


def draw(kind: str, index: int, seed: int) -> bytes:
    """A picture of a kind, as the extension would send it: a JPEG of at most 512 pixels.

    The same arguments give the same picture.

    Raises:
        ModuleNotFoundError: The typefaces of the extra [eval] are not installed.
    """
    rng = random.Random(f"{seed}:{kind}:{index}")
    return as_sent(KINDS[kind](rng), rng)


def pictures(each: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Kind and bytes of `each` pictures a kind."""
    return ((kind, draw(kind, index, seed)) for kind in KINDS for index in range(each))


def shares(kinds: Sequence[str], captions: Sequence[str | None]) -> dict[str, float]:
    """For each kind, the share of its pictures that are named as it and as no other, 0 to 1."""
    right: dict[str, list[bool]] = {}
    for kind, caption in zip(kinds, captions, strict=True):
        right.setdefault(kind, []).append(named(caption) == {kind})
    return {kind: sum(results) / len(results) for kind, results in right.items()}
