"""Has the worker's program prepare a model's graphs, in a process of its own.

It says on its standard output, a JSON object a line, how far it is; then what came of it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from altlens_installer import launcher
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


def command(folder: Path, variant: str) -> list[str]:
    """Return the command that prepares a model."""
    worker = [launcher.python(), "-E", "-P", "-m", "altlens_host.worker"]
    return [*worker, "prepare", str(folder), "--variant", variant]


def prepare(folder: Path, variant: str, told: Callable[[float, str], None]) -> Outcome:
    """Prepare a model; its folder then holds the graphs in `prepared/`.

    Args:
        folder: The model's folder.
        variant: "q8", "precise" or "fast".
        told: Called with how much is done, from 0 to 1, and what is being done.
    """
    last: dict[str, Any] = {}
    with subprocess.Popen(
        command(folder, variant),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout
        try:
            for line in process.stdout:
                said = _object(line)
                if "progress" in said:
                    with suppress(TypeError, ValueError):
                        told(float(said["progress"]), plain(str(said.get("step", ""))))
                elif said:
                    last = said
        except BaseException:
            process.kill()
            raise
    if process.returncode == 0 and "prepared" in last:
        return Outcome("prepared")
    if "refused" in last:
        return Outcome("refused", plain(str(last["refused"])))
    if not last and process.returncode == _NO_SUCH_COMMAND:
        return Outcome("absent")
    reason = plain(str(last.get("error", f"it ended with status {process.returncode}")))
    return Outcome("failed", reason)


def _object(line: str) -> dict[str, Any]:
    with suppress(ValueError):
        said = json.loads(line)
        if isinstance(said, dict):
            return said
    return {}
