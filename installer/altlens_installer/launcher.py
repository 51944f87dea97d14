"""Writes the script that Firefox starts: the host under one certain Python.

Firefox hands down the environment of the desktop session, whose PATH may name another Python, or
none: so the interpreter's absolute path is baked in. -E and -P keep that environment and the
working folder from changing what is imported.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

from altlens_installer.errors import HostNotStartedError

ARGUMENTS = ("-E", "-P", "-m", "altlens_host")
"""How the interpreter is told to be the host."""


def python() -> str:
    """Return the absolute path of the interpreter that runs this.

    Raises:
        HostNotStartedError: The interpreter does not know its own path.
    """
    if not sys.executable:
        raise HostNotStartedError("This Python does not know its own path.")
    return sys.executable  # not resolved: the path in a virtual environment is what selects it


def render(command: Sequence[str]) -> bytes:
    """Return the script for a command.

    Args:
        command: The interpreter's absolute path and the arguments, with any characters.
    """
    return f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'.encode(errors="surrogateescape")
