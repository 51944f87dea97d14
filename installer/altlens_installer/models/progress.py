"""Shows how far a download is: a bar in a terminal, else a line now and then.

A line for each tenth at most: who listens to it hears eleven lines, whatever the size.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from altlens_installer.models.source import told_size
from altlens_installer.terminal import draws, say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Progress:
    """Tells of a download, then of the steps of preparing."""

    def __init__(self, out: IO[str]) -> None:
        """Tell nothing yet.

        Args:
            out: Where to.
        """
        self._out = out
        self._bar: tuple[Bar, TaskID] | None = None
        self._total = 0
        self._before = 0
        self._told = ""

    def note(self, text: str) -> None:
        """Write a sentence."""
        if self._bar:
            self._bar[0].console.print(text, markup=False, highlight=False)
        else:
            say(text, self._out)

    def begin(self, total: int) -> None:
        """Begin to count bytes.

        Args:
            total: How many there will be.
        """
        self._total, self._before, self._told = max(1, total), 0, ""
        if draws(self._out, os.environ):
            self._draw("Fetching")

    def at(self, count: int) -> None:
        """Tell how many bytes of the file at hand are there."""
        done = min(self._total, self._before + count)
        if self._bar:
            bar, task = self._bar
            bar.update(task, completed=done, total=self._total)
            return
        tenth = f"{done * 10 // self._total * 10}%"
        if tenth != self._told:
            self._told = tenth
            say(f"{tenth}, {told_size(done)} of {told_size(self._total)}", self._out)

    def file_done(self, size: int) -> None:
        """Tell that a file is there whole."""
        self.at(size)
        self._before += size

    def step(self, share: float, what: str) -> None:
        """Tell which step of preparing is at hand.

        Args:
            share: How much is done, from 0 to 1.
            what: The step.
        """
        if draws(self._out, os.environ):
            if not self._bar:
                self._draw("Preparing")
            assert self._bar
            bar, task = self._bar
            bar.update(task, completed=share, total=1, description=f"Preparing: {what}")
        elif what and what != self._told:
            self._told = what
            say(f"Preparing: {what}", self._out)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar[0].stop()
            self._bar = None

    def _draw(self, what: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = ("{task.description}", BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        bar = Bar(*columns, console=Console(file=self._out), transient=True)
        bar.start()
        self._bar = (bar, bar.add_task(what, total=None))
