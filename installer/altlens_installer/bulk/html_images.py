"""Finds the images of HTML that have no alt text, each with its place in the text."""

from __future__ import annotations

import html
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_CONTROLS = ("a", "button", "summary")
_CONTROL_ROLES = ("link", "button", "menuitem", "tab")


class Image(NamedTuple):
    """An image without alt text, whose author has not said that it needs none.

    Attributes:
        source: Where its picture is, as the page says.
        at: Where alt text is to be put in.
        lone: Whether it may be all that a link or button is named after: then it is not empty.
        markdown: Whether it is written as Markdown has it.
    """

    source: str
    at: int
    lone: bool = False
    markdown: bool = False


class _Open(NamedTuple):
    name: str
    hidden: bool
    control: bool


def images(text: str) -> Iterator[Image]:
    """Return the images that need alt text, by the rules that the extension goes by.

    Left alone is what has alt text, also an empty one; another name, or what may lead to one; a
    role or a surrounding that takes it out of what is read; and what somebody edits (decision
    41). In doubt an image is left: no tag needs to be closed for that.
    """
    reader = _Reader(text)
    reader.feed(text)
    reader.close()
    # A base gives each relative address another meaning.
    yield from [] if reader.based else reader.found


def with_alt(alt: str) -> str:
    """Return the attribute that is put in behind the tag's name."""
    return f' alt="{html.escape(alt)}"'


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Image] = []
        self.based = False
        self._open: list[_Open] = []
        self._lines = [0, *(at + 1 for at, one in enumerate(text) if one == "\n")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}  # the first one counts
        if tag == "base" and given.get("href"):
            self.based = True
        elif tag == "img":
            self._image(given)
        elif tag not in _VOID:
            control = tag in _CONTROLS or given.get("role", "").lower() in _CONTROL_ROLES
            self._open.append(_Open(tag, _hides(given), control))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID and self._open:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at].name == tag:
                del self._open[at:]
                return

    def _image(self, given: dict[str, str]) -> None:
        named = any(given.get(name, "").strip() for name in _NAMES)
        role = given.get("role", "").strip().lower().partition(" ")[0]
        out = role in ("none", "presentation") or _hides(given)
        around = any(one.hidden for one in self._open)
        if "alt" not in given and given.get("src") and not (named or out or around):
            line, column = self.getpos()
            at = self._lines[line - 1] + column + len("<img")
            lone = any(one.control for one in self._open)
            self.found.append(Image(given["src"].strip(), at, lone))


_NAMES = ("aria-label", "aria-labelledby", "title")


def _hides(given: dict[str, str]) -> bool:
    """Say whether what is in an element is not read, or is being edited."""
    image = given.get("role", "").strip().lower() in ("img", "image") and "src" not in given
    hidden = given.get("aria-hidden", "").lower() == "true" or "inert" in given
    edited = given.get("contenteditable", "false").lower() != "false"
    return hidden or edited or image
