"""altlens caption --recursive: a line of JSON for each picture in a folder."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO, NamedTuple

from altlens_host.errors import AltlensError
from altlens_host.messages import ErrorReply, Result
from altlens_installer import client
from altlens_installer.bulk import finding, metadata
from altlens_installer.bulk.asking import ask
from altlens_installer.bulk.lines import Lines, alt_of, failed, row
from altlens_installer.errors import DataUnusableError
from altlens_installer.terminal import counted, plain, say


class Wish(NamedTuple):
    """What is to be done with a folder.

    Attributes:
        folder: The folder.
        out: The file of answers.
        jobs: How many pictures are looked at side by side.
        model: The model's name or folder; None for the usual one.
        device: Where it shall run; None for what the user's settings say.
        write: Whether alt text is written into the pictures' files.
        overwrite: Also where an author has written some.
    """

    folder: Path
    out: Path
    jobs: int = 1
    model: str | None = None
    device: str | None = None
    write: bool = False
    overwrite: bool = False


def caption(wish: Wish, out: IO[str], err: IO[str]) -> int:
    """Caption a folder, and go on where an earlier run was ended.

    Args:
        wish: What is to be done.
        out: Where the result is told.
        err: Where progress and failures are told.

    Returns:
        0, or 1 if a picture has no answer.

    Raises:
        DataUnusableError: There is no such folder.
        InstallerError: There is no host to ask, or the answers cannot be written.
    """
    if not wish.folder.is_dir():
        raise DataUnusableError(f"{wish.folder} is no folder.")
    with Lines(wish.out) as lines:
        run = _Run(wish, lines, err)
        run.all()
    _tell(run.count, wish, out)
    return 1 if run.count["failed"] or run.count["not written"] else 0


class _Run:
    """One run over a folder, with what it counted."""

    def __init__(self, wish: Wish, lines: Lines, err: IO[str]) -> None:
        self._wish, self._lines, self._err = wish, lines, err
        self._fingerprint = ""
        self.count: Counter[str] = Counter()

    def all(self) -> None:
        """Answer what was not answered before, or would be answered otherwise now."""
        wish = self._wish
        found = list(finding.pictures(wish.folder))
        if not found:
            return
        command = client.command(wish.model, wish.device)
        with client.Host(command) as host:
            self._fingerprint = host.status().fingerprint
        states = self._to_ask(found)
        if not states:
            return
        answers = ask(states, min(wish.jobs, len(states)), command)
        for path, reply in counted("pictures", answers, len(states), self._err):
            state = states[path]
            if wish.write and isinstance(reply, Result):
                state = self._written(path, reply, state)
            self._take(path.relative_to(wish.folder), state, reply)

    def _to_ask(self, found: Iterable[finding.Found]) -> dict[Path, os.stat_result]:
        states = {}
        for path, state in found:
            if isinstance(state, AltlensError):
                self._take(path, None, failed(state))
                continue
            known = self._lines.known(path, state)
            if known and known.get("fingerprint") == self._fingerprint:
                self.count["before"] += 1
            else:
                self.count["anew"] += known is not None
                states[self._wish.folder / path] = state
        return states

    def _take(self, path: Path, state: os.stat_result | None, reply: client.Reply) -> None:
        self._lines.add(row(path, state, reply, self._fingerprint))
        if isinstance(reply, ErrorReply):
            self.count["failed"] += 1
            say(f"{plain(str(path))}: {plain(reply.message)} {reply.hint}", self._err)
        else:
            self.count["unsure" if alt_of(reply) is None else reply.kind] += 1

    def _written(self, path: Path, reply: Result, state: os.stat_result) -> os.stat_result:
        """Write alt text into a file; return its state then, by which it is known later."""
        alt = alt_of(reply)
        if not alt:
            return state
        known = self._lines.known(path.relative_to(self._wish.folder), state) or {}
        ours, overwrite = known.get("alt"), self._wish.overwrite
        try:
            written = metadata.write(path, alt, reply.language, ours=ours, overwrite=overwrite)
        except AltlensError as error:
            self.count["not written"] += 1
            say(f"{plain(str(path))}: {plain(error.detail)} {error.hint}", self._err)
            return state
        self.count["written" if written else "kept"] += 1
        return path.stat() if written else state


_WORDS = {
    "described": "{} described",
    "text": "{} read as text",
    "decorative": "{} decorative",
    "unsure": "{} not sure",
    "before": "{} answered before",
    "anew": "{} asked again for another model or other settings",
    "failed": "{} failed",
    "written": "alt text written into {}",
    "kept": "{} left with their author's alt text",
    "not written": "{} could not be written into",
}


def _tell(count: Counter[str], wish: Wish, out: IO[str]) -> None:
    told = [words.format(count[name]) for name, words in _WORDS.items() if count[name]]
    say(f"{', '.join(told) or 'No pictures'}. The answers are in {plain(str(wish.out))}.", out)
