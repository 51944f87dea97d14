"""The quicker recognizer of text: whether it is there, and having it made (docs/decisions/0100).

The worker's program makes it, in a process of its own, where the extra [ocr] is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Literal

from altlens_host.errors import AltlensError
from altlens_host.models import recognizer
from altlens_host.settings import can_read_text
from altlens_installer import files
from altlens_installer.errors import ExtraMissingError, ModelKeptError
from altlens_installer.models import installing
from altlens_installer.models.preparing import Outcome, prepare_text
from altlens_installer.models.progress import Progress
from altlens_installer.plan import Making
from altlens_installer.terminal import say

NAME = "text"
"""What `altlens model` calls it."""

State = Literal["there", "refused", "stale", "missing"]
"""Refused is what read worse than what it was made of; stale is what was made of another
recognizer, by another altlens, or is damaged."""


def folder(system: bool) -> Path:
    """Return where it is made: in the user's folder, or in that for all users."""
    return recognizer.folders()[1 if system else 0]


def state(environ: Mapping[str, str]) -> State:
    """Say how it is for a host that runs in an environment.

    Raises:
        ImportError: rapidocr is not installed, or not whole.
    """
    places = recognizer.folders(environ)
    if recognizer.quicker(places, recognizer.original()):
        return "there"
    if why_refused(environ):
        return "refused"
    made = (path for one in places for path in recognizer.within(one))
    return "stale" if any(path.exists() for path in made) else "missing"


def why_refused(environ: Mapping[str, str] | None = None) -> str:
    """Return why what was made was refused; empty where none was.

    Raises:
        ImportError: rapidocr is not installed, or not whole.
    """
    return recognizer.refusal(recognizer.folders(environ), recognizer.original())


def lacking(system: bool) -> Making | None:
    """Return what has yet to be made; None where it cannot be, need not, or was refused.

    Args:
        system: For all users, who do not see what one of them has.
    """
    places = recognizer.folders()[1 if system else 0 :]
    try:
        source = recognizer.original()
        if not can_read_text() or recognizer.quicker(places, source):
            return None
        if recognizer.refusal(places, source):
            return None
    except ImportError:
        return None
    why = "made on this machine; with it text in pictures is read in a quarter of the time"
    return Making(str(places[0]), "text recognizer", why)


def make(system: bool, out: IO[str], err: IO[str]) -> bool:
    """Make it, and say what came of it; return whether it is there now.

    Args:
        system: For all users of the machine.
        out: Where the result is told.
        err: Where the progress is told.
    """
    place = folder(system)
    progress = Progress(err)
    try:
        if system:
            installing.make_public(place)
        with installing.alone(place):
            outcome = prepare_text(place, progress.step)
    except AltlensError as error:
        outcome = Outcome("failed", f"{error.detail} {error.hint}")
    finally:
        progress.end()
    if outcome.state == "prepared":
        say(f"made       {place}", out)
        return True
    say(f"Text in pictures is read as before, which takes longer: {outcome.reason}", out)
    return False


def install(system: bool, out: IO[str], err: IO[str]) -> int:
    """Make it if it lacks, though it was refused before; return the exit status.

    Raises:
        ExtraMissingError: There is nothing to make it of.
    """
    if not can_read_text():
        raise ExtraMissingError("Reading text needs rapidocr and zxing-cpp, the extra [ocr].")
    places = recognizer.folders()[1 if system else 0 :]
    if recognizer.quicker(places, recognizer.original()):
        say("The text recognizer was made already, and is whole.", out)
        return 0
    return 0 if make(system, out, err) else 1


def remove(system: bool, out: IO[str]) -> int:
    """Take it away; return 0.

    Raises:
        ModelKeptError: It is there for all users only.
        NotWritableError: The system refuses.
    """
    place = folder(system)
    if not place.exists():
        raise ModelKeptError("The text recognizer was not made there; see --system.")
    with installing.alone(place):
        for path in (
            place / recognizer.CARD,
            *recognizer.within(place),
            place / recognizer.REFUSAL,
        ):
            files.remove(path)
    files.remove_tree(place)
    say(f"taken back  {place}", out)
    return 0
