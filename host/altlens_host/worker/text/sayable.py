"""Makes of what was read what a screen reader can say."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"(?<![^\W_])\d[\doO]*(?:[.,:][\doO]+)*(?![^\W_])")
"""Digits and what may be noughts, grouped or not, up to what is no letter."""

_SURELY_NOUGHT = re.compile(r"[oO]{2}|[oO]\d|[.,:]\d+[oO]")
"""A single o that follows whole digits may be an ordinal's ("1o", "2.o")."""

_AS_NOUGHT = str.maketrans("oO", "00")


def sayable(text: str) -> str:
    """Return a line without what no screen reader can say, and with noughts for letters."""
    kept = "".join(one for one in text if not unicodedata.category(one).startswith("C"))
    return _with_noughts(" ".join(kept.split()))


def _with_noughts(text: str) -> str:
    """Return a text in which no number has an o where it surely has a 0."""
    return _NUMBER.sub(
        lambda one: one[0].translate(_AS_NOUGHT) if _SURELY_NOUGHT.search(one[0]) else one[0], text
    )
