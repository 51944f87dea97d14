"""Finds the images of Markdown that have no alt text, each with its place in the text.

markdown-it-py says what is an image and what is code or text that looks like one. It keeps the
lines of blocks; where in a line an image begins is noted by its own rule for images, wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, html_inline, image
from markdown_it.token import Token

from altlens_installer.bulk import html_images
from altlens_installer.bulk.html_images import Image

_MARKED = re.compile(r"([\\`*_\[\]<>&!|~$])")


def images(text: str) -> Iterator[Image]:
    """Return the images that need alt text: Markdown's own without any, and those of HTML in it.

    One whose place cannot be told for sure is left out; so is one with a title.
    """
    parser = MarkdownIt("commonmark").enable("table")
    parser.inline.ruler.at("image", partial(_noted, image))
    parser.inline.ruler.at("html_inline", partial(_noted, html_inline))
    lines = _Lines(text)
    for token in parser.parse(text):
        if token.map is None:
            continue
        if token.type == "html_block":
            for one in html_images.images(token.content):
                yield from lines.placed(token, one.at, one)
        for child in token.children or () if token.type == "inline" else ():
            yield from _inline(child, token, lines)


def with_alt(alt: str) -> str:
    """Return what is put in between the brackets."""
    return _MARKED.sub(r"\\\1", alt)


def _inline(child: Token, block: Token, lines: _Lines) -> Iterator[Image]:
    at = child.meta.get("at")
    if at is None:
        return
    if child.type == "html_inline":
        for one in html_images.images(child.content):
            yield from lines.placed(block, at + one.at, one)
    elif child.type == "image" and not child.content and not child.attrs.get("title"):
        source = unquote(str(child.attrs["src"]))
        if block.content.startswith("![]", at):
            yield from lines.placed(block, at + 2, Image(source, 0, markdown=True))


def _noted(rule: object, state: StateInline, silent: bool) -> bool:
    start = state.pos
    taken = bool(rule(state, silent))  # type: ignore[operator]  # the library has no type for it
    if taken and not silent:
        state.tokens[-1].meta["at"] = start
    return taken


class _Lines:
    """Where the lines of a text begin, as Markdown counts them."""

    def __init__(self, text: str) -> None:
        ends = [one.end() for one in re.finditer("\r\n|\r|\n", text)]
        self._text = text
        self._starts = [0, *ends, len(text)]

    def placed(self, block: Token, at: int, found: Image) -> Iterator[Image]:
        """Return an image with its place in the text, if that can be told.

        Args:
            block: The block that it is in, whose content lacks what begins its lines.
            at: Its place in the block's content.
            found: The image.
        """
        assert block.map
        before = block.content[:at]
        number, column = before.count("\n"), len(before) - (before.rfind("\n") + 1)
        line = block.content.split("\n")[number]
        index = block.map[0] + number
        start, stop = self._starts[index : index + 2]
        whole = self._text[start:stop]
        if whole.count(line) == 1:
            yield found._replace(at=start + whole.index(line) + column)
