"""altlens repair: alt text for the images of HTML and Markdown files that have none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import unquote, urlsplit

from altlens_host.messages import ErrorReply
from altlens_installer import client, files
from altlens_installer.bulk import html_images, markdown_images
from altlens_installer.bulk.asking import ask
from altlens_installer.bulk.html_images import Image
from altlens_installer.bulk.lines import alt_of
from altlens_installer.errors import DataUnusableError
from altlens_installer.terminal import plain, say

_MARKDOWN = (".md", ".markdown")
_HTML = (".html", ".htm", ".xhtml")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


class Page(NamedTuple):
    """A file with images.

    Attributes:
        path: The file.
        text: What is in it, line ends as they are.
        encoding: How.
        images: Those that need alt text, in their order, by the file of their picture; None
            where that is not a file that is there.
    """

    path: Path
    text: str
    encoding: str
    images: Sequence[tuple[Image, Path | None]]


def repair(names: Sequence[str], model: str | None, write: bool, out: IO[str], err: IO[str]) -> int:
    """Give images alt text, or print what would be changed.

    Args:
        names: The files.
        model: The model's name or folder; None for the usual one.
        write: Whether the files are changed.
        out: Where the differences go.
        err: Where it is told what was left, and why.

    Returns:
        0, or 1 if a picture has no answer.

    Raises:
        DataUnusableError: A file cannot be read; none is changed then.
        InstallerError: There is no host to ask, or a file cannot be written.
    """
    pages = [read(Path(name)) for name in names]
    wanted = list(dict.fromkeys(file for page in pages for _, file in page.images if file))
    answers = dict(ask(wanted, 1, client.command(model))) if wanted else {}
    for page in pages:
        after = "".join(_pieces(page, answers, err))
        _show(page, after, out)
        if write and after != page.text:
            files.write(page.path, after.encode(page.encoding, "xmlcharrefreplace"))
            say(f"{plain(str(page.path))} is changed.", err)
    if not write and any(page.images for page in pages):
        say("Nothing is written. To change the files, add --write.", err)
    return 1 if any(isinstance(reply, ErrorReply) for reply in answers.values()) else 0


def read(path: Path) -> Page:
    """Read a file and find the images that need alt text.

    Raises:
        DataUnusableError: It cannot be read, or is of another kind.
    """
    find: Callable[[str], Iterator[Image]] = html_images.images
    if path.suffix.lower() in _MARKDOWN:
        find = markdown_images.images
    elif path.suffix.lower() not in _HTML:
        kinds = ", ".join((*_HTML, *_MARKDOWN))
        raise _unusable(path, f"its name ends in none of {kinds}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unusable(path, str(error.strerror)) from None
    text, encoding = _decoded(path, data)
    found = sorted(find(text), key=lambda one: one.at)
    return Page(path, text, encoding, [(one, _file(path, one.source)) for one in found])


def _decoded(path: Path, data: bytes) -> tuple[str, str]:
    """Return the text of a file, and the encoding in which it is the same bytes again."""
    declared = _CHARSET.search(data[:4096])
    for encoding in ("utf-8", declared[1].decode() if declared else "", "windows-1252"):
        try:
            text = data.decode(encoding)
            if encoding and text.encode(encoding) == data and "\0" not in text:
                return text, encoding
        except (LookupError, UnicodeError, ValueError):
            continue
    raise _unusable(path, "its encoding is not known")


def _unusable(path: Path, why: str) -> DataUnusableError:
    error = DataUnusableError(f"{path}: {why}.")
    error.hint = "Nothing is changed."  # type: ignore[misc]  # this one's
    return error


def _file(page: Path, source: str) -> Path | None:
    """Return the file of a picture, where it is one beside the page; nothing is ever fetched."""
    try:
        parts = urlsplit(source)
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith(("/", "\\")):
            return None
        path = page.parent / unquote(parts.path)
        return path if path.is_file() else None
    except (ValueError, OSError):
        return None


def _pieces(page: Page, answers: Mapping[Path, client.Reply], err: IO[str]) -> Iterator[str]:
    at = 0
    for image, file in page.images:
        alt, why = _alt(image, answers.get(file) if file else None)
        if alt is None:
            line = page.text.count("\n", 0, image.at) + 1
            say(f"{plain(str(page.path))}:{line}: {plain(image.source)} is left: {why}", err)
            continue
        made = markdown_images.with_alt if image.markdown else html_images.with_alt
        yield page.text[at : image.at]
        yield made(alt)
        at = image.at
    yield page.text[at:]


def _alt(image: Image, reply: client.Reply | None) -> tuple[str | None, str]:
    """Return alt text; None where the image is left as it is, and why."""
    if reply is None:
        return None, "it is no file beside the page, and nothing is fetched."
    if isinstance(reply, ErrorReply):
        return None, f"{plain(reply.message)} {reply.hint}"
    alt = alt_of(reply)
    if alt is None:
        return None, "altlens is not sure what it shows."
    if not alt and image.lone:
        return None, "it is decorative, but a link or button may have no other name."
    if not alt and image.markdown:
        return None, "it is decorative; that is how Markdown has it without words."
    return " ".join(alt.split()), ""


def _show(page: Page, after: str, out: IO[str]) -> None:
    before, now = (text.splitlines(keepends=True) for text in (page.text, after))
    for line in difflib.unified_diff(before, now, str(page.path), str(page.path)):
        say("\t".join(map(_harmless, line.rstrip("\r\n").split("\t"))), out)


def _harmless(text: str) -> str:
    """Return a part of a line without what could drive a terminal; its spaces stay."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
