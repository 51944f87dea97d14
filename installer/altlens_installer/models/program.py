"""Runs the worker's program beside the host: what needs the model's libraries is not done here.

It says on its standard output, a JSON object a line, how far it is; then what came of it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from altlens_installer import launcher
from altlens_installer.terminal import plain

Told = Callable[[float, str], None]
"""Called with how much is done, from 0 to 1, and what is being done."""


def worker(*words: str | Path, python: str | None = None) -> list[str]:
    """Return a command of the worker's program.

    Args:
        words: Its arguments.
        python: The interpreter; None for the one that runs this.
    """
    begun = [python or launcher.python(), "-E", "-P", "-m", "altlens_host.worker"]
    return [*begun, *map(str, words)]


def run(
    command: Sequence[str], told: Told, environment: Mapping[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Run such a command.

    Args:
        command: It.
        told: Is told how far it is.
        environment: The whole environment of the process; None for the caller's.

    Returns:
        Its exit status, and the last object that it said; an empty one if it said none.
    """
    last: dict[str, Any] = {}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
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
    return process.returncode, last


def _object(line: str) -> dict[str, Any]:
    with suppress(ValueError):
        said = json.loads(line)
        if isinstance(said, dict):
            return said
    return {}
