"""Keeps a caption back that holds a slur or a sexual word of the kept list."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_SPACE = re.compile(r"[\W_]+")


def is_withheld(text: str) -> bool:
    """Say whether a text holds an entry of the list, as whole words, however it is spelled.

    Letter case, accents, hyphens and punctuation between words make no difference; the plural is
    found with the singular. What an exception of the list covers is left out.
    """
    words, exceptions = _patterns()
    return bool(words.search(exceptions.sub(" ", _plain(text))))


def entries() -> tuple[list[str], list[str]]:
    """Return the entries of the list and its exceptions, as they are compared."""
    source = Path(__file__).with_name("withheld.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in source.splitlines()]
    given = [line for line in lines if line and not line.startswith("#")]
    exceptions = [_plain(line[1:]).strip() for line in given if line.startswith("!")]
    return [_plain(line).strip() for line in given if not line.startswith("!")], exceptions


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words, exceptions = entries()
    return (
        re.compile(rf" (?:{'|'.join(map(re.escape, words))})(?:s|es)?(?= )"),
        re.compile(rf" (?:{'|'.join(map(re.escape, exceptions))})s?(?= )"),
    )


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in parts if not unicodedata.combining(one))
    return f" {_SPACE.sub(' ', letters).strip()} "
