"""How the command speaks: lines that a pipe, a screen reader and a terminal all take."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

_PIPED_WIDTH = 120


def say(text: str, out: IO[str] | None = None) -> None:
    """Write a line."""
    stream = out or sys.stdout
    stream.write(f"{text}\n")


def plain(text: str) -> str:
    """Return a text on one line, without what could drive a terminal."""
    spaced = " ".join(text.split())
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in spaced)


def draws(stream: IO[str], environ: Mapping[str, str]) -> bool:
    """Say whether bars and lines may be drawn on a stream, or only words be written.

    Words it is where no person looks, and where one listens: NO_COLOR (no-color.org) and
    ACCESSIBLE ask for it, and so does a terminal that calls itself dumb.
    """
    wordy = environ.get("NO_COLOR") or environ.get("ACCESSIBLE") or environ.get("TERM") == "dumb"
    return stream.isatty() and not wordy


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], out: IO[str] | None = None
) -> None:
    """Write a table: with lines in a terminal, aligned words elsewhere."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    stream = out or sys.stdout
    console = _console(stream)
    drawn = draws(stream, os.environ)
    made = Table(box=box.SIMPLE_HEAD if drawn else box.ASCII2, expand=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(Text(plain(cell)) for cell in row))
    console.print(made)


def counted(what: str, items: Iterator[T], total: int, err: IO[str] | None = None) -> Iterator[T]:
    """Pass items on and show on stderr how many came: a bar in a terminal, else a few lines.

    Args:
        what: What the items are, for example "captions".
        items: The items.
        total: How many will come.
        err: Where to show it.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    stream = err or sys.stderr
    if not draws(stream, os.environ):
        step = max(1, total // 10)
        for count, item in enumerate(items, 1):
            if count % step == 0 or count == total:
                say(f"{count} of {total} {what}", stream)
            yield item
        return
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_console(stream), transient=True) as bar:
        yield from bar.track(items, total=total, description=what)


def _console(stream: IO[str]) -> Console:
    from rich.console import Console

    terminal = stream.isatty()
    return Console(file=stream, width=None if terminal else _PIPED_WIDTH, highlight=False)
