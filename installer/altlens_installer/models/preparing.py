"""Has the worker's program prepare a model's graphs, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from altlens_installer.models import program
from altlens_installer.terminal import plain

_NO_SUCH_COMMAND = 2
"""How argparse ends on words that it does not know."""


class Outcome(NamedTuple):
    """What came of preparing.

    Attributes:
        state: "prepared"; "refused", where the graphs made would say something else or are of
            no known kind; "failed"; or "absent", where this altlens cannot prepare.
        reason: Why it was refused or failed; empty otherwise.
    """

    state: Literal["prepared", "refused", "failed", "absent"]
    reason: str = ""


def prepare(folder: Path, variant: str, told: Callable[[float, str], None]) -> Outcome:
    """Prepare a model; its folder then holds the graphs in `prepared/`.

    Args:
        folder: The model's folder.
        variant: "q8", "precise" or "fast".
        told: Called with how much is done, from 0 to 1, and what is being done.
    """
    return _outcome(program.worker("prepare", folder, "--variant", variant), told)


def prepare_text(folder: Path, told: program.Told) -> Outcome:
    """Make the quicker recognizer of text, in a folder (`altlens_host.models.recognizer`).

    Args:
        folder: Where to.
        told: Called with how much is done, from 0 to 1, and what is being done.
    """
    return _outcome(program.worker("prepare", folder, "--text"), told)


def _outcome(command: Sequence[str], told: program.Told) -> Outcome:
    status, last = program.run(command, told)
    if status == 0 and "prepared" in last:
        return Outcome("prepared")
    if "refused" in last:
        return Outcome("refused", plain(str(last["refused"])))
    if not last and status == _NO_SUCH_COMMAND:
        return Outcome("absent")
    reason = plain(str(last.get("error", f"it ended with status {status}")))
    return Outcome("failed", reason)
